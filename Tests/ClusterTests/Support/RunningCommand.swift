// One command, of the built program most of the time, that goes on running: it is spoken to by lines, and heard the same way.

import ChildPrograms
import Foundation

final class RunningCommand: Sendable {
  let lines = Heard<String>()
  private let process: StartedProcess
  private let input: Descriptor

  /// What it says on standard error goes to the file `log`.
  init(_ arguments: [String], of program: String = Shopstream.binary, log: String) throws {
    let (input, output) = (DescriptorPair.pipe(), DescriptorPair.pipe())
    process = try StartedProcess(
      arguments, of: program, ChildProgram.Streams(input: input.read, output: output.write, errors: .appending(to: log)))
    self.input = input.write
    input.read.close()
    output.write.close()
    let lines = lines
    Lines.read(output.read) {
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
    input.write(line + "\n")
    return await lines.first(after: before) { _ in true }
  }

  /// As Ctrl-C does; its exit code.
  func stop() async -> Int32 { await process.stop() }

  deinit { process.killIfRunning() }
}
