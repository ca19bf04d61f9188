// One child process of `up`: started with a lifeline for its input, a pipe for its report and a log file for the rest.

import ChildPrograms
import Foundation

/// What to run.
struct ChildCommand: Hashable, Sendable {
  var name: String
  var executable: String
  var arguments: [String]
  var log: String
}

final class ChildProcess: Sendable {
  /// Of this very program, however it was started. When its file has been replaced meanwhile, the kernel still has the one
  /// that runs: a node that is started again is of the same version as the others.
  static var thisExecutable: String {
    let link = "/proc/self/exe"
    let path = (try? FileManager.default.destinationOfSymbolicLink(atPath: link)) ?? link
    return FileManager.default.isExecutableFile(atPath: path) ? path : link
  }

  /// How long the end waits for the output's: past it somebody else holds the pipe, a grandchild for instance.
  private static let outputLimit: DispatchTimeInterval = .seconds(2)

  var identifier: Int32 { program.identifier }
  private let program: ChildProgram
  /// Held open as long as we live; never written to.
  private let lifeline: Descriptor

  /// `reported` runs at most once; `ended` exactly once, after it. Both on a thread of their own.
  init(
    _ command: ChildCommand, reported: @escaping @Sendable (ChildReport) -> Void, ended: @escaping @Sendable (ChildEnd) -> Void
  ) throws(Refusal) {
    let (input, output) = (DescriptorPair.pipe(), DescriptorPair.pipe())
    let streams = ChildProgram.Streams(input: input.read, output: output.write, errors: try LogFile.open(command.log))
    let outputEnded = DispatchSemaphore(value: 0)
    do {
      program = try ChildProgram(command.executable, command.arguments, streams) { end in
        // What it said last may still stand in the pipe, and why it ended is worth more than that it did.
        _ = outputEnded.wait(timeout: .now() + Self.outputLimit)
        ended(end)
      }
    } catch {
      throw Refusal("\(command.name) cannot be started (\(SystemError.describe(error.code))).")
    }
    lifeline = input.write
    input.read.close()
    output.write.close()
    Self.readReport(from: output.read, reported) { outputEnded.signal() }
  }

  func signal(_ signal: Int32) { program.signal(signal) }

  private static func readReport(
    from output: Descriptor, _ reported: @escaping @Sendable (ChildReport) -> Void, atEnd: @escaping @Sendable () -> Void
  ) {
    // A thread, since a read from a pipe blocks; it ends with the child at the latest.
    Thread.detachNewThread {
      var line: [UInt8] = []
      while line.count <= ChildReport.maximumLength, let bytes = output.readSome(atMost: 4_096) {
        line += bytes
        if let end = line.firstIndex(of: UInt8(ascii: "\n")) {
          if let report = ChildReport(line: String(decoding: line[..<end], as: UTF8.self)) { reported(report) }
          break
        }
      }
      // Whatever else it prints is read away, so that it never waits for us.
      while output.readSome(atMost: 4_096) != nil {}
      atEnd()
    }
  }
}
