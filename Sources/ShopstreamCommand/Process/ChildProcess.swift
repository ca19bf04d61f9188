// One child process: started with a lifeline for its input, a pipe for its report and a log file for the rest. It stands in
// a process group of its own, so that Ctrl-C in the terminal reaches `up` alone, which then stops its children in order.

import Foundation
import Synchronization

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

  let identifier: Int32
  private let process: Process
  /// Held open as long as we live; never written to.
  private let lifeline: Pipe

  /// `reported` runs at most once; `ended` exactly once, after it. Both on a thread of their own.
  init(
    _ command: ChildCommand, reported: @escaping @Sendable (ChildReport) -> Void, ended: @escaping @Sendable (ChildEnd) -> Void
  ) throws(Refusal) {
    let output = Pipe()
    let lifeline = Pipe()
    let process = Process()
    process.executableURL = URL(filePath: command.executable)
    process.arguments = command.arguments
    process.standardInput = lifeline
    process.standardOutput = output
    process.standardError = try LogFile.open(command.log)
    let farewell = Farewell(ended)
    process.terminationHandler = { process in
      // What it said last may still stand in the pipe, and why it ended is worth more than that it did.
      farewell.awaitOutput()
      farewell.tell(process.terminationReason == .uncaughtSignal ? .signal(process.terminationStatus) : .status(process.terminationStatus))
    }
    do {
      try SignalMask.open { try process.run() }
    } catch {
      throw Refusal("\(command.name) cannot be started (\(SystemError.describe(error))).")
    }
    identifier = process.processIdentifier
    (self.process, self.lifeline) = (process, lifeline)
    let identifier = identifier
    Self.readReport(from: output.fileHandleForReading, reported) {
      farewell.outputEnded()
      Self.confirmEnd(of: identifier, to: farewell)
    }
  }

  func signal(_ signal: Int32) {
    guard process.isRunning else { return }
    kill(identifier, signal)
  }

  /// Its output has ended, so it has ended or is about to. Foundation was seen to miss the end of a process once; then nobody
  /// would start it again.
  private static func confirmEnd(of identifier: Int32, to farewell: Farewell) {
    for _ in 0..<Farewell.looks where !farewell.isTold {
      usleep(Farewell.pause)
      if kill(identifier, 0) != 0 { break }
    }
    usleep(Farewell.pause)
    if kill(identifier, 0) != 0 { farewell.tell(.signal(SIGKILL)) }
  }

  private static func readReport(
    from file: FileHandle, _ reported: @escaping @Sendable (ChildReport) -> Void, atEnd: @escaping @Sendable () -> Void
  ) {
    // A thread, since a read from a pipe blocks; it ends with the child at the latest.
    Thread.detachNewThread {
      var line: [UInt8] = []
      while line.count <= ChildReport.maximumLength, let bytes = some(from: file) {
        line += bytes
        if let end = line.firstIndex(of: UInt8(ascii: "\n")) {
          if let report = ChildReport(line: String(decoding: line[..<end], as: UTF8.self)) { reported(report) }
          break
        }
      }
      // Whatever else it prints is read away, so that it never waits for us.
      while some(from: file) != nil {}
      atEnd()
    }
  }

  /// What is there by now; nil at the end. `FileHandle` would wait for all that was asked for.
  private static func some(from file: FileHandle) -> ArraySlice<UInt8>? {
    var bytes = [UInt8](repeating: 0, count: 4_096)
    while true {
      let count = read(file.fileDescriptor, &bytes, bytes.count)
      if count > 0 { return bytes[..<count] }
      guard count < 0, errno == EINTR else { return nil }
    }
  }
}

/// Tells the end of a process once, whoever notices it first.
private final class Farewell: Sendable {
  /// How often, and how many microseconds apart, a process is looked for whose output has ended.
  static let looks = 100
  static let pause: UInt32 = 100_000

  /// How long the end waits for the output's: past it somebody else holds the pipe, a grandchild for instance.
  static let outputLimit: DispatchTimeInterval = .seconds(2)

  private let told = Mutex(false)
  private let output = DispatchSemaphore(value: 0)
  private let ended: @Sendable (ChildEnd) -> Void

  init(_ ended: @escaping @Sendable (ChildEnd) -> Void) { self.ended = ended }

  var isTold: Bool { told.withLock { $0 } }

  func outputEnded() { output.signal() }

  func awaitOutput() { _ = output.wait(timeout: .now() + Self.outputLimit) }

  func tell(_ end: ChildEnd) {
    let isFirst = told.withLock { told in
      defer { told = true }
      return !told
    }
    if isFirst { ended(end) }
  }
}

enum ChildEnd: Hashable, Sendable, CustomStringConvertible {
  case status(Int32)
  case signal(Int32)

  var description: String {
    switch self {
    case .status(0): "ended by itself"
    case .status(let code): "ended with exit code \(code)"
    case .signal(SIGKILL): "was killed (signal 9)"
    case .signal(SIGSEGV), .signal(SIGILL), .signal(SIGTRAP), .signal(SIGABRT), .signal(SIGBUS): "crashed"
    case .signal(let number): "was ended by signal \(number)"
    }
  }
}
