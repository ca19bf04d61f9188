// A cluster as `shopstream up` makes it: real processes, free ports, a folder of its own.

import ChildPrograms
import Foundation
import Testing

final class UpProcess: Sendable {
  let events = UpEvents()
  let data: String
  let gateway: String
  let admin: String
  let nodes: [UpEvent.Node]
  private let process: StartedProcess
  private let errors: Descriptor

  struct DidNotServe: Error {
    var errors: String
  }

  /// Returns when it serves and every shard is where the placement wants it: one that still moved would end its entities' streams.
  init(data: String, nodes count: Int = 3, _ more: [String] = []) async throws {
    self.data = data
    let (output, errors) = (DescriptorPair.pipe(), DescriptorPair.pipe())
    process = try StartedProcess(
      ["up", "--json", "--port", "0", "--admin-port", "0", "--node-port", "0", "--nodes", "\(count)", "--data", data] + more,
      ChildProgram.Streams(output: output.write, errors: errors.write))
    output.write.close()
    errors.write.close()
    self.errors = errors.read
    let events = events
    Lines.read(output.read) { line in
      guard let event = try? JSONDecoder().decode(UpEvent.self, from: Data(line.utf8)) else { return }
      await events.append(event)
    } ended: {
      await events.end()
    }
    guard let serving = await events.first(where: { $0.event == "serving" }) else {
      throw DidNotServe(errors: String(decoding: errors.read.readToEnd(), as: UTF8.self))
    }
    gateway = try #require(serving.gateway)
    admin = try #require(serving.admin)
    nodes = try #require(serving.nodes)
    _ = await events.first { $0.status.map { $0.nodes.count == count && $0.isEven } ?? false }
  }

  var identifier: Int32 { process.identifier }

  /// As Ctrl-C does; its exit code. One that is not 0 comes with what it complained of.
  func stop() async -> Int32 {
    let code = await process.stop()
    if code != 0 { print("'up' ended with \(code): \(String(decoding: errors.readToEnd(), as: UTF8.self))") }
    return code
  }

  func exitCode() async -> Int32 { await process.exitCode() }

  /// `kill -9` of one node; its process id.
  @discardableResult
  func killNode(_ name: String) async throws -> Int32 {
    let pid = try #require(await events.pid(of: name))
    kill(pid, SIGKILL)
    return pid
  }

  func log(of name: String) -> String {
    (try? String(contentsOfFile: "\(data)/logs/\(name).log", encoding: .utf8)) ?? ""
  }

  deinit { process.killIfRunning() }
}

/// Lines of a pipe, in order.
enum Lines {
  static func read(
    _ file: Descriptor, _ heard: @escaping @Sendable (String) async -> Void, ended: @escaping @Sendable () async -> Void
  ) {
    let (stream, send) = AsyncStream<String>.makeStream()
    Thread.detachNewThread {
      var rest: [UInt8] = []
      while let bytes = file.readSome() {
        rest += bytes
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
          send.yield(String(decoding: rest[..<end], as: UTF8.self))
          rest.removeSubrange(...end)
        }
      }
      send.finish()
    }
    Task {
      for await line in stream { await heard(line) }
      await ended()
    }
  }
}
