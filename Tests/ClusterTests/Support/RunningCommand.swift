// One command of the built program that goes on running: it is spoken to by lines, and heard the same way.

import Foundation

final class RunningCommand: Sendable {
  let lines = Heard<String>()
  private let process: Process
  private let input = Pipe()
  private let ended: AsyncStream<Int32>

  /// What it says on standard error goes to the file `log`.
  init(_ arguments: [String], log: String) throws {
    let process = Process()
    let output = Pipe()
    FileManager.default.createFile(atPath: log, contents: nil)
    process.executableURL = URL(filePath: Shopstream.binary)
    process.arguments = arguments
    process.standardInput = input
    process.standardOutput = output
    process.standardError = FileHandle(forWritingAtPath: log)
    let (ended, end) = AsyncStream<Int32>.makeStream()
    process.terminationHandler = {
      end.yield($0.terminationStatus)
      end.finish()
    }
    try process.run()
    self.process = process
    self.ended = ended
    let lines = lines
    Lines.read(output.fileHandleForReading) {
      await lines.append($0)
    } ended: {
      await lines.end()
    }
  }

  var isRunning: Bool { process.isRunning }

  /// Says a line, and returns the first one that is answered.
  func answer(to line: String) async throws -> String? {
    let before = await lines.all.count
    try input.fileHandleForWriting.write(contentsOf: Data((line + "\n").utf8))
    return await lines.first(after: before) { _ in true }
  }

  /// As Ctrl-C does; its exit code.
  func stop() async -> Int32 {
    kill(process.processIdentifier, SIGINT)
    for await code in ended { return code }
    return process.terminationStatus
  }

  deinit {
    // A test that failed leaves nothing running.
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
  }
}
