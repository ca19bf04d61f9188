// Who waits for a reply: a task, and where it goes on.
import TroupeNet

/// A suspended task. Resumed exactly once, on the loop of the link or of the entity that answers.
public struct ReplyWaiter: @unchecked Sendable {
  // Sound because the task is only looked at while it waits here, and it cannot end before it is resumed.
  private let task: UnsafeContinuation<Reply, Never>
  /// The task itself, to ask whether it was cancelled: uncounted, or each step that hands the waiter on would count it.
  private let caller: UnsafeRawPointer?
  private let isTurn: Bool

  /// To be made in the task that waits, or it is never seen as cancelled.
  ///
  /// - Parameter isTurn: whether the task is an entity's turn, and so waits on an actor of its loop.
  public init(_ task: UnsafeContinuation<Reply, Never>, isTurn: Bool = false) {
    self.task = task
    self.isTurn = isTurn
    caller = withUnsafeCurrentTask { current in current.map { unsafeBitCast($0, to: UnsafeRawPointer.self) } }
  }

  /// Whether nobody wants the answer. Looked at from time to time: a handler for each call would cost a tenth of it.
  var isCancelled: Bool { caller.map { unsafeBitCast($0, to: UnsafeCurrentTask.self).isCancelled } ?? false }

  public func resume(returning reply: Reply) {
    if isTurn { CurrentLoop.resumeOnActor { task.resume(returning: reply) } } else { task.resume(returning: reply) }
  }
}
