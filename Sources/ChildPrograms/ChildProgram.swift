// A program run as a child process, from its start to its end.
//
// Foundation's `Process` has a run loop, a thread and sockets behind each child; where many are started from many threads it was
// seen to crash in `run()`, and to miss an end. This is `posix_spawn` and a thread that waits.

import Foundation
import Synchronization

public final class ChildProgram: Sendable {
  /// What a child reads and writes: descriptors of ours, which it gets as its 0, 1 and 2. It gets no other.
  public struct Streams: Sendable {
    public var input: Descriptor
    public var output: Descriptor
    public var errors: Descriptor

    /// What is not given is `/dev/null`.
    public init(input: Descriptor? = nil, output: Descriptor? = nil, errors: Descriptor? = nil) {
      self.input = input ?? .nothing
      self.output = output ?? .nothing
      self.errors = errors ?? .nothing
    }
  }

  public let identifier: Int32
  private let end = Mutex<ChildEnd?>(nil)

  /// Starts it in a process group of its own, in which Ctrl-C in our terminal does not reach it, with no signal blocked or ignored.
  ///
  /// - Parameters:
  ///   - executable: a path.
  ///   - folder: where it works; ours, when it is nil.
  ///   - ended: runs once, on a thread of its own.
  public init(
    _ executable: String, _ arguments: [String], in folder: String? = nil, _ streams: Streams,
    ended: @escaping @Sendable (ChildEnd) -> Void = { _ in }
  ) throws(CannotStart) {
    identifier = try Spawn.spawn(executable, arguments, in: folder, streams)
    Thread.detachNewThread { [self] in ended(waitForEnd()) }
  }

  public var isRunning: Bool { end.withLock { $0 == nil } }

  /// Nothing happens once it has ended: its number may be somebody else's by then.
  public func signal(_ signal: Int32) {
    end.withLock { if $0 == nil { kill(identifier, signal) } }
  }

  /// The same to all that it has started and that stayed in its group.
  public func signalGroup(_ signal: Int32) {
    end.withLock { if $0 == nil { kill(-identifier, signal) } }
  }

  private func waitForEnd() -> ChildEnd {
    var info = siginfo_t()
    // It is left a zombie until the lock is held, so that no signal goes to a number that was given again.
    while waitid(P_PID, id_t(identifier), &info, WEXITED | WNOWAIT) != 0, errno == EINTR {}
    return end.withLock { end in
      var status: Int32 = 0
      while waitpid(identifier, &status, 0) < 0, errno == EINTR {}
      let found = ChildEnd(waitStatus: status)
      end = found
      return found
    }
  }

  /// Why a program could not be started: the system's word for it.
  public struct CannotStart: Error {
    public let executable: String
    public let code: Int32
  }
}

extension ChildProgram {
  public struct Outcome: Sendable, CustomStringConvertible {
    public var end: ChildEnd
    public var output: [UInt8]
    public var errors: [UInt8]

    public var isSuccess: Bool { end == .status(0) }
    public var outputText: String { String(decoding: output, as: UTF8.self) }
    public var errorText: String { String(decoding: errors, as: UTF8.self) }
    public var description: String { "\(end): \(outputText)\(errorText)" }
  }

  /// Runs a program to its end; blocks this thread. Past `limit` it is killed.
  public static func run(
    _ executable: String, _ arguments: [String], in folder: String? = nil, limit: Duration = .seconds(120)
  ) throws(CannotStart) -> Outcome {
    let (output, errors) = (DescriptorPair.pipe(), DescriptorPair.pipe())
    let ended = DispatchSemaphore(value: 0)
    let last = Mutex(ChildEnd.status(0))
    let child = try ChildProgram(executable, arguments, in: folder, Streams(output: output.write, errors: errors.write)) { end in
      last.withLock { $0 = end }
      ended.signal()
    }
    output.write.close()
    errors.write.close()
    // With all that it started, which may hold the pipes.
    let timer = DispatchWorkItem { child.signalGroup(SIGKILL) }
    DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(Int(limit / .milliseconds(1))), execute: timer)
    defer { timer.cancel() }
    let complaints = Mutex<[UInt8]>([])
    let complained = DispatchSemaphore(value: 0)
    Thread.detachNewThread {
      let all = errors.read.readToEnd()
      complaints.withLock { $0 = all }
      complained.signal()
    }
    let written = output.read.readToEnd()
    complained.wait()
    ended.wait()
    return Outcome(end: last.withLock { $0 }, output: written, errors: complaints.withLock { $0 })
  }
}
