// A child process, the built program most of the time: started, and heard to its end.

import ChildPrograms
import Foundation

struct StartedProcess: Sendable {
  private let program: ChildProgram
  private let ended: AsyncStream<Int32>

  init(_ arguments: [String], of program: String = Shopstream.binary, _ streams: ChildProgram.Streams) throws {
    let (ended, end) = AsyncStream<Int32>.makeStream()
    self.program = try ChildProgram(program, arguments, streams) {
      end.yield($0.code)
      end.finish()
    }
    self.ended = ended
  }

  var identifier: Int32 { program.identifier }
  var isRunning: Bool { program.isRunning }

  /// As Ctrl-C does; its exit code.
  func stop() async -> Int32 {
    program.signal(SIGINT)
    return await exitCode()
  }

  func exitCode() async -> Int32 {
    for await code in ended { return code }
    return -1
  }

  /// For a test that failed half-way: it leaves nothing running, and what this process has started ends with it.
  func killIfRunning() { program.signal(SIGKILL) }
}
