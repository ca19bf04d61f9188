// One command, of the built program most of the time, that goes on running: it is spoken to by lines, and heard the same way.

import Foundation

final class RunningCommand: Sendable {
  let lines = Heard<String>()
  private let process: StartedProcess
  private let input = Pipe()

  /// What it says on standard error goes to the file `log`.
  init(_ arguments: [String], of program: String = Shopstream.binary, log: String) throws {
    let output = Pipe()
    FileManager.default.createFile(atPath: log, contents: nil)
    let errors = FileHandle(forWritingAtPath: log) ?? .nullDevice
    process = try StartedProcess(arguments, of: program, input: input, output: output, errors: errors)
    let lines = lines
    Lines.read(output.fileHandleForReading) {
      await lines.append($0)
    } ended: {
      await lines.end()
    }
  }

  var identifier: Int32 { process.identifier }
  var isRunning: Bool { process.isRunning }

  /// Says a line, and returns the first one that is answered.
  func answer(to line: String) async throws -> String? {
    let before = await lines.all.count
    try input.fileHandleForWriting.write(contentsOf: Data((line + "\n").utf8))
    return await lines.first(after: before) { _ in true }
  }

  /// As Ctrl-C does; its exit code.
  func stop() async -> Int32 { await process.stop() }

  deinit { process.killIfRunning() }
}
