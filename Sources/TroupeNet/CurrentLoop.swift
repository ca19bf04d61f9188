// Which loop the calling thread is, kept in a thread-local slot: the fast half of `isCurrent`.
import CLibuv

/// The loop on which the caller runs.
public enum CurrentLoop {
  /// Its number within the process; `nil` off the loops. About a nanosecond.
  @inline(never)
  public static var index: Int? {
    troupe_current_loop() == nil ? nil : troupe_current_index()
  }

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

/// What the thread-local slot points to; each loop owns one for as long as it runs.
package final class LoopMark: @unchecked Sendable {
  // Sound because it is immutable, and entered only while its loop, which owns it, is alive.
  package unowned(unsafe) let loop: any EventLoop
  package let index: Int

  package init(_ loop: any EventLoop, index: Int) {
    self.loop = loop
    self.index = index
  }

  /// Whether the calling thread runs the loop of this mark.
  package var isCurrent: Bool { CurrentLoop.markPointer() == Unmanaged.passUnretained(self).toOpaque() }
}
