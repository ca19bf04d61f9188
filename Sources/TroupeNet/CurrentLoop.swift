// Which loop the calling thread is, kept in a thread-local slot: the fast half of `isCurrent`.
import CLibuv

/// The loop on which the caller runs.
public enum CurrentLoop {
  /// Its number within the process; `nil` off the loops. About a nanosecond.
  @inline(never)
  public static var index: Int? {
    troupe_current_loop() == nil ? nil : troupe_current_index()
  }

  /// The loop's token; `nil` off the loops. About a nanosecond.
  public static var token: LoopToken? { markPointer().map { LoopToken(mark: $0) } }

  /// The loop itself; `nil` off the loops.
  public static var loop: (any EventLoop)? {
    guard let mark = markPointer() else { return nil }
    return Unmanaged<LoopMark>.fromOpaque(mark).takeUnretainedValue().loop
  }

  /// Resumes, in `resume`, a task that waits in code of an actor on a loop. Swift would bring such a task to its loop as nobody's,
  /// let it find out there that it belongs to the actor, and queue it once more: this spares it that job. Where the task turns out
  /// to be on no actor, it costs one job more and nothing else.
  @inline(never)
  package static func resumeOnActor(_ resume: () -> Void) {
    troupe_set_resumes_actors(1)
    resume()
    troupe_set_resumes_actors(0)
  }

  @inline(never)
  package static var resumesActors: Bool { troupe_resumes_actors() != 0 }

  /// The work of the loop on which the caller runs.
  static var queue: PassQueue? {
    markPointer().map { Unmanaged<LoopMark>.fromOpaque($0).takeUnretainedValue().queue }
  }

  /// What a thread was before it entered a loop.
  package struct Previous {
    fileprivate let mark: UnsafeMutableRawPointer?
    fileprivate let index: Int
  }

  /// Says whose thread this is from now on. For implementations of `EventLoop`.
  @discardableResult
  @inline(never)
  package static func enter(_ mark: LoopMark) -> Previous {
    let previous = Previous(mark: troupe_current_loop(), index: troupe_current_index())
    troupe_set_current_loop(Unmanaged.passUnretained(mark).toOpaque(), mark.index)
    return previous
  }

  @inline(never)
  package static func leave(to previous: Previous) {
    troupe_set_current_loop(previous.mark, previous.index)
  }

  @inline(never)
  fileprivate static func markPointer() -> UnsafeMutableRawPointer? { troupe_current_loop() }
}

/// Which loop: to be compared with `CurrentLoop.token`, without going through the loop itself.
public struct LoopToken: Equatable, @unchecked Sendable {
  // Sound because the pointer is only compared.
  @usableFromInline let mark: UnsafeRawPointer

  init(mark: UnsafeRawPointer) { self.mark = mark }

  @inlinable public static func == (left: LoopToken, right: LoopToken) -> Bool { left.mark == right.mark }
}

/// What the thread-local slot points to; each loop owns one for as long as it runs.
package final class LoopMark: @unchecked Sendable {
  // Sound because it is immutable, and entered only while its loop, which owns it, is alive.
  package unowned(unsafe) let loop: any EventLoop
  package let index: Int
  let queue: PassQueue

  package init(_ loop: any EventLoop, index: Int, queue: PassQueue) {
    self.loop = loop
    self.queue = queue
    self.index = index
  }

  package var token: LoopToken { LoopToken(mark: Unmanaged.passUnretained(self).toOpaque()) }
}
