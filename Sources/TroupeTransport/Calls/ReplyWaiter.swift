// Who waits for a reply: a task, and where it goes on.
import TroupeNet

/// A suspended task. Resumed exactly once, on the loop of the link or of the entity that answers.
public struct ReplyWaiter: Sendable {
  private let task: UnsafeContinuation<Reply, Never>
  private let isTurn: Bool

  /// - Parameter isTurn: whether the task is an entity's turn, and so waits on an actor of its loop.
  public init(_ task: UnsafeContinuation<Reply, Never>, isTurn: Bool = false) {
    self.task = task
    self.isTurn = isTurn
  }

  public func resume(returning reply: Reply) {
    if isTurn { CurrentLoop.resumeOnActor { task.resume(returning: reply) } } else { task.resume(returning: reply) }
  }
}
