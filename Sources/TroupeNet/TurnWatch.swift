// Who holds a loop: one turn at a time is marked where another thread can see it, and that thread speaks up when it stays for too long.
import Glibc
import Synchronization

/// The turn that a loop is in, as other threads see it. One writer, the loop.
public final class TurnMark: Sendable {
  /// Counts turns: the same subject again is another turn.
  @usableFromInline let turns = Atomic<UInt64>(0)
  /// What the turn is of, by the loop's own understanding; 0 between turns.
  @usableFromInline let subject = Atomic<UInt>(0)
  @usableFromInline let method = Atomic<UInt64>(0)
  /// The loop's thread below `/proc`: "process/task/thread". Empty where the kernel does not say.
  let thread: String

  /// For the loop whose thread this is.
  public init() {
    var bytes = [UInt8](repeating: 0, count: 64)
    let count = readlink("/proc/thread-self", &bytes, bytes.count)
    thread = String(decoding: bytes[..<max(0, count)], as: UTF8.self)
  }

  /// What was marked before a turn within a turn.
  public struct Outer {
    @usableFromInline let subject: UInt
    @usableFromInline let method: UInt64
    @usableFromInline init(subject: UInt, method: UInt64) {
      self.subject = subject
      self.method = method
    }
  }

  @inlinable @inline(__always)
  public func enter(_ object: AnyObject, _ method: UInt64) -> Outer {
    let outer = Outer(subject: subject.load(ordering: .relaxed), method: self.method.load(ordering: .relaxed))
    turns.store(turns.load(ordering: .relaxed) &+ 1, ordering: .relaxed)
    self.method.store(method, ordering: .relaxed)
    subject.store(UInt(bitPattern: Unmanaged.passUnretained(object).toOpaque()), ordering: .relaxed)
    return outer
  }

  /// No turn goes on: the loop is done with what it ran.
  @inlinable @inline(__always)
  func clear() { subject.store(0, ordering: .relaxed) }

  @inlinable @inline(__always)
  public func leave(to outer: Outer) {
    method.store(outer.method, ordering: .relaxed)
    subject.store(outer.subject, ordering: .relaxed)
  }
}

/// A thread that looks at marks ten times while a turn may take, and reports the first that stays.
///
/// Time in which the loop's thread wanted to run and had no core does not count, nor does any in which the whole process stood still: only what
/// the turn itself did, or waited for.
public final class TurnWatch: Sendable {
  /// Looks while a turn may take.
  private static let looks = 10

  private let marks: [TurnMark]
  private let limit: Duration
  private let isStopped = Atomic<Bool>(false)
  private let report: @Sendable (_ mark: Int, _ subject: UnsafeRawPointer, _ method: UInt64, _ held: Duration) -> Void

  /// - Parameter report: called on the watch's thread while the turn is still held, with the place of its mark; once, and then never again.
  public init(
    _ marks: [TurnMark], limit: Duration,
    report: @escaping @Sendable (_ mark: Int, _ subject: UnsafeRawPointer, _ method: UInt64, _ held: Duration) -> Void
  ) {
    self.marks = marks
    self.limit = limit
    self.report = report
  }

  public func start() throws(NetError) {
    var thread = pthread_t()
    let failure = pthread_create(
      &thread, nil,
      { argument in
        Unmanaged<TurnWatch>.fromOpaque(argument!).takeRetainedValue().look()
        return nil
      }, Unmanaged.passRetained(self).toOpaque())
    if failure != 0 {
      Unmanaged.passUnretained(self).release()
      throw .system("Cannot start a thread", String(cString: strerror(failure)))
    }
    pthread_detach(thread)
  }

  /// Its thread ends soon after.
  public func stop() { isStopped.store(true, ordering: .relaxed) }

  /// A turn that was there at an earlier look.
  private struct Seen {
    let turn: UInt64
    let since: Instant
    let thread: ThreadTimes
  }

  private func look() {
    ThreadName.set("turn-watch")
    let pause = limit / Self.looks
    var seen = [Seen?](repeating: nil, count: marks.count)
    var last = SystemClock.boot()
    while !isStopped.load(ordering: .relaxed) {
      var time = timespec(tv_sec: Int(pause.components.seconds), tv_nsec: Int(pause.components.attoseconds / 1_000_000_000))
      nanosleep(&time, nil)
      let now = SystemClock.boot()
      // Somebody stopped the process, or the machine.
      if now - last > pause * 5 { for index in seen.indices { seen[index] = nil } }
      last = now
      for (index, mark) in marks.enumerated() {
        guard let (subject, method, held) = look(at: mark, &seen[index], now) else { continue }
        return report(index, subject, method, held)
      }
    }
  }

  private func look(at mark: TurnMark, _ seen: inout Seen?, _ now: Instant) -> (UnsafeRawPointer, UInt64, Duration)? {
    let turn = mark.turns.load(ordering: .relaxed)
    guard let subject = UnsafeRawPointer(bitPattern: mark.subject.load(ordering: .relaxed)) else {
      seen = nil
      return nil
    }
    guard let before = seen, before.turn == turn else {
      seen = Seen(turn: turn, since: now, thread: ThreadTimes(mark.thread))
      return nil
    }
    guard now - before.since > limit else { return nil }
    let held = ThreadTimes(mark.thread).held(since: before.thread, of: now - before.since)
    // It may have ended while the kernel was asked.
    guard held > limit, mark.turns.load(ordering: .relaxed) == turn, mark.subject.load(ordering: .relaxed) == UInt(bitPattern: subject)
    else { return nil }
    return (subject, mark.method.load(ordering: .relaxed), held)
  }
}

/// What the kernel says of a thread; nothing where it says nothing, and then all time counts.
private struct ThreadTimes {
  /// On a core, and ready for one without having it. The second grows only when it gets one.
  private var ran: Duration = .zero
  private var waited: Duration = .zero
  /// R, S, D, T and so on.
  private var state: Character = "?"
  private var isKnown = false

  init(_ thread: String) {
    let times = Self.read("/proc/\(thread)/schedstat").split(separator: " ")
    if times.count > 1, let ran = Int64(times[0]), let waited = Int64(times[1]) {
      (self.ran, self.waited, isKnown) = (.nanoseconds(ran), .nanoseconds(waited), true)
    }
    // Behind the name, which may have anything in it.
    state = Self.read("/proc/\(thread)/stat").split(separator: ")").last?.first { $0 != " " } ?? "?"
  }

  /// How much of the time that has passed the thread has used, or has waited for something else than a core.
  func held(since earlier: ThreadTimes, of passed: Duration) -> Duration {
    switch state {
    // Ready: it may be waiting right now, so only what it used is certain.
    case "R" where isKnown && earlier.isKnown: ran - earlier.ran
    // A debugger, or a signal: it is not the turn that holds it.
    case "T", "t": .zero
    default: passed - (waited - earlier.waited)
    }
  }

  private static func read(_ path: String) -> String {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return "" }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: 512)
    let count = Glibc.read(file, &bytes, bytes.count)
    return count > 0 ? String(decoding: bytes[..<count], as: UTF8.self) : ""
  }
}
