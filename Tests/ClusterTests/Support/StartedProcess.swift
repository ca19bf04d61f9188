// A child process, the built program most of the time: started, and heard to its end.

import Foundation

struct StartedProcess: Sendable {
  private let process: Process
  private let ended: AsyncStream<Int32>

  /// - Parameters:
  ///   - input: a `Pipe` or a `FileHandle`, as are `output` and `errors`.
  init(_ arguments: [String], of program: String = Shopstream.binary, input: Any, output: Any, errors: Any) throws {
    let process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    process.standardInput = input
    process.standardOutput = output
    process.standardError = errors
    let (ended, end) = AsyncStream<Int32>.makeStream()
    process.terminationHandler = {
      end.yield($0.terminationStatus)
      end.finish()
    }
    // A child inherits what its parent's thread blocks, and the threads of a Task block every signal: Ctrl-C too.
    var (none, before) = (sigset_t(), sigset_t())
    pthread_sigmask(SIG_SETMASK, &none, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    try process.run()
    self.process = process
    self.ended = ended
  }

  var identifier: Int32 { process.processIdentifier }
  var isRunning: Bool { process.isRunning }

  /// As Ctrl-C does; its exit code.
  func stop() async -> Int32 {
    kill(identifier, SIGINT)
    return await exitCode()
  }

  func exitCode() async -> Int32 {
    for await code in ended { return code }
    return process.terminationStatus
  }

  /// For a test that failed half-way: it leaves nothing running, and what this process has started ends with it.
  func killIfRunning() {
    if process.isRunning { kill(identifier, SIGKILL) }
  }
}
