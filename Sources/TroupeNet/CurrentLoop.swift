// Which loop the calling thread is, kept in a thread-local slot: the fast half of `isCurrent`.
import CLibuv

/// The loop on which the caller runs.
public enum CurrentLoop {
  /// Its number within the process; `nil` off the loops. About a nanosecond.
  @inline(never)
  public static var index: Int? {
    troupe_current_loop() == nil ? nil : Int(troupe_current_index())
  }

  /// The loop itself; `nil` off the loops.
  public static var loop: (any EventLoop)? {
    guard let mark = markPointer() else { return nil }
    return Unmanaged<LoopMark>.fromOpaque(mark).takeUnretainedValue().loop
  }

  /// Says what the calling thread is from now on, and returns what it was. For implementations of `EventLoop`.
  @discardableResult
  @inline(never)
  package static func enter(_ mark: LoopMark?) -> UnsafeMutableRawPointer? {
    restore(mark.map { Unmanaged.passUnretained($0).toOpaque() }, index: mark?.index ?? 0)
  }

  @discardableResult
  @inline(never)
  static func restore(_ mark: UnsafeMutableRawPointer?, index: Int) -> UnsafeMutableRawPointer? {
    let previous = troupe_current_loop()
    troupe_set_current_loop(mark, index)
    return previous
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
