// The Wireshark dissector against the vectors of the protocol, so that it cannot fall behind, and against streams made by hand.

import Foundation
import Testing

@Suite struct DissectorTests {
  struct Vectors: Decodable {
    struct Vector: Decodable {
      var name: String
      var type: String
      var hex: String
      var fields: [String: String]
    }
    struct Refused: Decodable {
      var name: String
      var hex: String
    }
    var frames: [Vector]
    var refused: [Refused]
  }

  let decodeAs = ["-d", "tcp.port==\(PacketFile.port),troupe"]

  @Test(.timeLimit(.minutes(2)))
  func `every vector is shown as what it is, field by field, and what must be refused is flagged`() async throws {
    let json = try Data(contentsOf: URL(filePath: Tshark.folder + "/vectors/frames.json"))
    let vectors = try JSONDecoder().decode(Vectors.self, from: json)
    let folder = try TemporaryFolder()
    var file = PacketFile()
    // Each on a connection of its own.
    for (index, hex) in (vectors.frames.map(\.hex) + vectors.refused.map(\.hex)).enumerated() {
      file.add(Self.bytes(hex), client: UInt16(20_000 + index))
    }
    let path = folder.path + "/vectors.pcap"
    try file.write(to: path)

    let frames = try await Tshark.frames(in: path, decodeAs)
    let infos = try await Tshark.infos(in: path, decodeAs)
    try #require(frames.map(\.packet) == Array(1...file.packets) && infos.count == file.packets, "each is a frame")
    for (vector, (frame, info)) in zip(vectors.frames, zip(frames, infos)) {
      #expect(frame.complaints.isEmpty, "\(vector.name): \(frame.complaints)")
      #expect(info.hasPrefix(vector.type.uppercased()), "\(vector.name): a \(vector.type) is shown as '\(info)'")
      for (name, value) in vector.fields {
        let shown = frame.fields["troupe.\(Self.snake(vector.type)).\(Self.snake(name))"] ?? []
        #expect(Self.isSame(shown, value), "\(vector.name): \(name) is \(value), and shown as \(shown)")
      }
    }
    for (vector, frame) in zip(vectors.refused, frames.dropFirst(vectors.frames.count)) {
      #expect(frame.fields["troupe.malformed"] != nil, "\(vector.name) is not flagged")
      #expect(frame.fields["_ws.lua.error"] == nil, "\(vector.name): \(frame.fields)")
    }
  }

  @Test(.timeLimit(.minutes(2)))
  func `frames over many packets, large messages and answers are put together`() async throws {
    let folder = try TemporaryFolder()
    var file = PacketFile()
    let client: UInt16 = 30_000
    file.add(Frames.hello(cluster: "c", name: "gateway", role: 2), client: client)
    file.add(Frames.hello(cluster: "c", name: "n1", role: 1), client: client, isReply: true)
    // A call in three packets, cut in the middle of its length and of its body; the third brings a second call too.
    let call = Frames.call(request: 7, kind: 0x1122_3344, method: 1, entity: "alice")
    file.add(Array(call[..<2]), client: client)
    file.add(Array(call[2..<20]), client: client)
    let asked = file.add(call[20...] + Frames.call(request: 8, kind: 1, method: 2, entity: "bob"), client: client)
    // Its answer is a large message in two pieces, between which a small answer passes by.
    let reply: [UInt8] = [17, 7, 0, 0, 0, 0] + [UInt8](repeating: 9, count: 40_000)
    file.add(Frames.begin(message: 3, total: reply.count, Array(reply[..<32_768])), client: client, isReply: true)
    let small = file.add(Frames.frame([17, 8, 0, 0, 0, 10] + Array("no lease".utf8)), client: client, isReply: true)
    let last = file.add(Frames.frame([19, 3, 0, 0, 0] + Array(reply[32_768...])), client: client, isReply: true)
    let stray = file.add(Frames.frame([17, 9, 0, 0, 0, 0]), client: client, isReply: true)
    let path = folder.path + "/stream.pcap"
    try file.write(to: path)

    // Without being told the port: the link is known by its HELLO.
    let frames = try await Tshark.frames(in: path)
    #expect(frames.flatMap(\.complaints) == [])
    let calls = frames.filter { $0.type == 16 }
    #expect(calls.map { $0["troupe.call.entity"] } == ["alice", "bob"] && calls.allSatisfy { $0.packet == asked })
    #expect(calls.map { $0.number("troupe.response_in") } == [last, small])
    let whole = try #require(frames.first { $0.packet == last })
    #expect(whole.fields["troupe.type"] == ["19", "17"] && whole.number("troupe.request_in") == asked)
    #expect(whole["troupe.reply.payload"]?.count == 40_000 * 3 - 1, "two digits a byte, and a colon between")
    #expect(whole["troupe.time"] == "0.003000000")
    #expect(frames.first { $0.packet == small }?["troupe.reply.text"] == "no lease")
    #expect(frames.first { $0.packet == stray }?.fields["troupe.unasked"] != nil)
    let infos = try await Tshark.infos(in: path)
    #expect(infos.contains { $0.contains("whole: REPLY value to 0x11223344.delete alice") }, "\(infos)")
  }

  private static func bytes(_ hex: String) -> [UInt8] {
    stride(from: 0, to: hex.utf8.count, by: 2).compactMap { UInt8(hex.dropFirst($0).prefix(2), radix: 16) }
  }

  /// `timeLeft` as `time_left`.
  private static func snake(_ name: String) -> String {
    name.reduce(into: "") { $0 += $1.isUppercase ? "_\($1.lowercased())" : "\($1)" }
  }

  /// The vectors have numbers in decimal, bytes in digits alone and lists with spaces; later versions of tshark have words for bits.
  private static func isSame(_ shown: [String], _ value: String) -> Bool {
    let words = shown.joined(separator: " ")
    let number = words.hasPrefix("0x") ? UInt64(words.dropFirst(2), radix: 16).map { "\($0)" } : nil
    return [words, words.replacing(":", with: ""), number, ["True": "1", "False": "0"][words]].contains(value)
  }
}
