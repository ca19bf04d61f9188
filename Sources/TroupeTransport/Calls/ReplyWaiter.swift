// Who waits for a reply: a task, and where it goes on.
import TroupeNet

/// The task that is running, for the waiter of the call that it makes.
public struct WaitingTask: @unchecked Sendable {
  // Sound because nobody but the waiter looks at it, while the task waits.
  let task: UnsafeRawPointer

  /// The task that asks, unless it has been cancelled; nil where there is no task.
  public static func current() throws(CancellationError) -> WaitingTask? {
    let (task, isCancelled): (UnsafeRawPointer?, Bool) = withUnsafeCurrentTask { current in
      // Through the pointer, or each look at the optional counts the task once more.
      guard let task = unsafeBitCast(current, to: UnsafeRawPointer?.self) else { return (nil, false) }
      return (task, unsafeBitCast(task, to: UnsafeCurrentTask.self).isCancelled)
    }
    if isCancelled { throw CancellationError() }
    return task.map { WaitingTask(task: $0) }
  }
}

/// Hears a reply without being a task that waits for it.
open class ReplyListener {
  public init() {}
  /// Once, on the loop of the link or of the entity that answers.
  open func replied(_ reply: Reply) {}
}

/// A suspended task. Resumed exactly once, on the loop of the link or of the entity that answers.
public struct ReplyWaiter: @unchecked Sendable {
  // Sound because the task is only looked at while it waits here, and it cannot end before it is resumed.
  /// Nil for a listener.
  private let task: UnsafeContinuation<Reply, Never>?
  /// The task itself, to ask whether it was cancelled: uncounted, or each step that hands the waiter on would count it. Or the
  /// listener, counted once until it is resumed.
  private let caller: UnsafeRawPointer?
  private let isTurn: Bool

  /// - Parameters:
  ///   - caller: the task that waits; without it, it is never seen as cancelled.
  ///   - isTurn: whether the task is an entity's turn, and so waits on an actor of its loop.
  public init(_ task: UnsafeContinuation<Reply, Never>, caller: WaitingTask? = nil, isTurn: Bool = false) {
    self.task = task
    self.isTurn = isTurn
    self.caller = caller?.task
  }

  public init(listener: ReplyListener) {
    task = nil
    isTurn = false
    caller = UnsafeRawPointer(Unmanaged.passRetained(listener).toOpaque())
  }

  /// Whether nobody wants the answer. Looked at from time to time: a handler for each call would cost a tenth of it.
  public var isCancelled: Bool { task == nil ? false : caller.map { unsafeBitCast($0, to: UnsafeCurrentTask.self).isCancelled } ?? false }

  public func resume(returning reply: Reply) {
    guard let task else { return tell(reply) }
    if isTurn { CurrentLoop.resumeOnActor { task.resume(returning: reply) } } else { task.resume(returning: reply) }
  }

  private func tell(_ reply: Reply) {
    guard let caller else { return }
    Unmanaged<ReplyListener>.fromOpaque(caller).takeRetainedValue().replied(reply)
  }
}
