// Real children, all of them /bin/sh.

import Foundation
import Testing

@testable import ChildPrograms

struct ChildProgramTests {
  @Test func `what it writes and how it ends is told`() throws {
    let outcome = try ChildProgram.run("/bin/sh", ["-c", "echo out; echo wrong >&2; exit 3"])
    #expect(outcome.end == .status(3))
    #expect(outcome.outputText == "out\n")
    #expect(outcome.errorText == "wrong\n")
    #expect(!outcome.isSuccess)
  }

  @Test func `more than a pipe holds is read from both`() throws {
    let outcome = try ChildProgram.run("/bin/sh", ["-c", "head -c 300000 /dev/zero >&2; head -c 400000 /dev/zero"])
    #expect(outcome.isSuccess)
    #expect((outcome.output.count, outcome.errors.count) == (400_000, 300_000))
  }

  @Test func `it works in the folder that it is given`() throws {
    #expect(try ChildProgram.run("/bin/sh", ["-c", "pwd"], in: "/usr").outputText == "/usr\n")
  }

  @Test func `it has no descriptor but its three`() throws {
    // One more: the folder that `ls` reads.
    let file = open("/dev/null", O_RDONLY)
    defer { close(file) }
    let listed = try ChildProgram.run("/bin/ls", ["/proc/self/fd"]).outputText
    #expect(listed.split(separator: "\n").count == 4, "\(listed)")
  }

  @Test func `past its limit it is killed with what it started`() throws {
    let outcome = try ChildProgram.run("/bin/sh", ["-c", "sleep 100 & sleep 100"], limit: .milliseconds(200))
    #expect(outcome.end == .signal(SIGKILL))
  }

  @Test func `it hears signals though we block them`() throws {
    var all = sigset_t()
    var before = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    #expect(try ChildProgram.run("/bin/sh", ["-c", "kill -TERM $$; sleep 1"]).end == .signal(SIGTERM))
  }

  @Test func `a program that is not there is refused with the system's word`() {
    let error = #expect(throws: ChildProgram.CannotStart.self) { try ChildProgram.run("/nowhere", []) }
    #expect(error?.code == ENOENT)
  }

  @Test func `signals after its end go to nobody`() async throws {
    let (ends, told) = AsyncStream<ChildEnd>.makeStream()
    let child = try ChildProgram("/bin/true", [], .init()) { told.yield($0) }
    for await end in ends {
      #expect(end == .status(0))
      break
    }
    #expect(!child.isRunning)
    child.signal(SIGKILL)
  }

  @Test func `many are started at once`() async throws {
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for number in 0..<100 {
        group.addTask { try ChildProgram.run("/bin/sh", ["-c", "echo \(number)"]).outputText == "\(number)\n" }
      }
      for try await isRight in group { #expect(isRight) }
    }
  }
}
