// Real children, all of them /bin/sh.

import ChildPrograms
import Foundation
import Testing

@testable import ShopstreamCommand

struct ChildProcessTests {
  enum Seen: Hashable, Sendable {
    case reported(ChildReport)
    case ended(ChildEnd)
  }

  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  func start(_ script: String) throws -> (ChildProcess, AsyncStream<Seen>) {
    let (stream, continuation) = AsyncStream<Seen>.makeStream()
    let child = try ChildProcess(
      ChildCommand(name: "child", executable: "/bin/sh", arguments: ["-c", script], log: folder.path + "/child.log")
    ) {
      continuation.yield(.reported($0))
    } ended: {
      continuation.yield(.ended($0))
    }
    return (child, stream)
  }

  @Test func `a report is heard as soon as its line is whole`() async throws {
    let line = ChildReport.ready(addresses: ["127.0.0.1:1"]).line
    let (child, stream) = try start("echo '\(line)'; read forever")
    var seen = stream.makeAsyncIterator()
    #expect(await seen.next() == .reported(.ready(addresses: ["127.0.0.1:1"])))
    child.signal(SIGKILL)
    #expect(await seen.next() == .ended(.signal(SIGKILL)))
  }

  @Test func `the last words of one that ends at once are heard before its end`() async throws {
    let line = ChildReport.failed(sentence: "no room").line
    for _ in 0..<20 {
      let (_, stream) = try start("echo '\(line)'; exit 1")
      var seen = stream.makeAsyncIterator()
      #expect(await seen.next() == .reported(.failed(sentence: "no room")))
      #expect(await seen.next() == .ended(.status(1)))
    }
  }

  @Test func `one whose pipe somebody else still holds has ended all the same`() async throws {
    let (_, stream) = try start("sleep 20 & echo $! >&2; exit 3")
    var seen = stream.makeAsyncIterator()
    #expect(await seen.next() == .ended(.status(3)))
    let grandchild = try #require(
      Int32(String(contentsOfFile: folder.path + "/child.log", encoding: .utf8).trimmingCharacters(in: .newlines)))
    kill(grandchild, SIGKILL)
  }

  @Test func `what it writes to standard error is in its log, what it prints is read away`() async throws {
    let (_, stream) = try start("echo nonsense; echo words >&2; head -c 300000 /dev/zero; exit 7")
    var seen = stream.makeAsyncIterator()
    #expect(await seen.next() == .ended(.status(7)))
    #expect(try String(contentsOfFile: folder.path + "/child.log", encoding: .utf8) == "words\n")
  }

  @Test func `it stands in a process group of its own`() async throws {
    let (child, stream) = try start("read forever")
    #expect(getpgid(child.identifier) != getpgrp())
    child.signal(SIGTERM)
    for await case .ended in stream { break }
  }

  @Test func `a program that is not there is refused by name`() {
    #expect(throws: Refusal.self) {
      _ = try ChildProcess(ChildCommand(name: "x", executable: "/nowhere", arguments: [], log: folder.path + "/x.log")) { _ in
      } ended: { _ in
      }
    }
  }
}
