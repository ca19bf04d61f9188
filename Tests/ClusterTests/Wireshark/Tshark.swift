// tshark with the project's own dissector: a capture goes in, the frames that it shows come out.

import Foundation
import Testing

enum Tshark {
  struct Failed: Error {
    var text: String
  }

  static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../protocols").standardizedFileURL
    .path(percentEncoded: false)

  /// The frames of a capture, in order. Read twice, so that a request knows its answer.
  static func frames(in capture: String, keys: String? = nil, _ more: [String] = []) async throws -> [DissectedFrame] {
    let output = try await run(["-r", capture, "-Y", "troupe", "-T", "json", "--no-duplicate-keys", "-J", "frame troupe"] + more, keys)
    let packets = try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [[String: Any]] ?? []
    return packets.flatMap { packet in
      let layers = (packet["_source"] as? [String: Any])?["layers"] as? [String: Any] ?? [:]
      let number = DissectedFrame(packet: 0, layers["frame"] ?? [:]).number("frame.number") ?? 0
      return all(layers["troupe"]).map { DissectedFrame(packet: number, $0) }
    }
  }

  /// What the info column says of each packet.
  static func infos(in capture: String, keys: String? = nil, _ more: [String] = []) async throws -> [String] {
    let output = try await run(["-r", capture, "-Y", "troupe", "-o", #"gui.column.format:"Info","%i""#] + more, keys)
    return output.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
  }

  private static func run(_ arguments: [String], _ keys: String?) async throws -> String {
    let secrets = keys.map { ["-o", "tls.keylog_file:\($0)"] } ?? []
    let result = try await Shopstream.run(
      "/usr/bin/env", ["tshark", "-2", "-X", "lua_script:\(folder)/wireshark/troupe.lua"] + secrets + arguments)
    guard result.code != 127 else { throw Failed(text: "tshark is missing: scripts/install-dependencies tests") }
    guard result.code == 0, !result.errors.contains("Lua") else { throw Failed(text: "tshark: \(result.errors)") }
    return result.output
  }

  fileprivate static func all(_ value: Any?) -> [Any] {
    value.map { $0 as? [Any] ?? [$0] } ?? []
  }
}

/// One frame of the protocol with all of its fields, whatever tree they stand in.
struct DissectedFrame: Sendable {
  /// The number of the packet that its last byte came in.
  let packet: Int
  private(set) var fields: [String: [String]] = [:]

  init(packet: Int, _ tree: Any) {
    self.packet = packet
    read(tree, as: "")
  }

  private mutating func read(_ value: Any, as name: String) {
    if let tree = value as? [String: Any] {
      for (name, value) in tree { read(value, as: name) }
    } else if let values = value as? [Any] {
      for value in values { read(value, as: name) }
    } else {
      fields[name, default: []].append("\(value)")
    }
  }

  subscript(_ name: String) -> String? { fields[name]?.first }

  func number(_ name: String) -> Int? { self[name].flatMap { Int($0) } }

  var type: Int? { number("troupe.type") }

  /// What it says is not as the protocol has it: by the dissector, by its reader of bytes, or by an error in the script.
  var complaints: [String] {
    let names = ["troupe.malformed", "_ws.malformed", "_ws.lua.error"]
    return names.contains { fields[$0] != nil } ? fields["_ws.expert.message"] ?? ["malformed"] : []
  }
}
