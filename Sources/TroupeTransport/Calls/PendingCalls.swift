// The calls and questions of one link that are waiting for an answer: an array of slots with a free list, so that no call
// costs a look-up by hash. Pure: the deadlines come in as instants, the waiters go out to the caller.
import TroupeNet

/// A request number is `generation << 16 | slot`. A slot whose caller has gone (its deadline passed) stays taken until the
/// answer comes or the link ends: so an answer always belongs to the call that it names, however late it is, and an answer to
/// anything else is the peer's fault.
struct PendingCalls<Waiter> {
  enum Completion {
    case waiter(Waiter)
    /// The caller has gone; nobody wants this answer.
    case abandoned
    /// No such request is open, or it is one of the other sort.
    case notOpen
  }

  private enum State: UInt8 { case free, call, ask }

  private struct Slot {
    var waiter: Waiter?
    var deadline: Int64 = .max
    /// The next free slot, while this one is free.
    var next: UInt32 = 0
    var generation: UInt16 = 0
    var state = State.free
  }

  private static var none: UInt32 { .max }

  private let limit: Int
  private var slots: [Slot] = []
  private var firstFree = PendingCalls.none
  /// Slots taken, abandoned ones included.
  private(set) var count = 0
  /// No deadline is earlier than this.
  private(set) var earliest = Instant.distantFuture

  init(limit: Int = TransportLimits.pendingCalls) {
    precondition((1...65_536).contains(limit), "\(limit) slots do not fit in a request number")
    self.limit = limit
  }

  /// The request number for a new call; `nil` when there are too many.
  @inline(__always)
  mutating func insert(_ waiter: Waiter, deadline: Instant, isAsk: Bool = false) -> UInt32? {
    if firstFree == Self.none && !grow() { return nil }
    let index = firstFree
    firstFree = slots[Int(index)].next
    slots[Int(index)].waiter = waiter
    slots[Int(index)].deadline = deadline.nanoseconds
    slots[Int(index)].state = isAsk ? .ask : .call
    count += 1
    if deadline < earliest { earliest = deadline }
    return UInt32(slots[Int(index)].generation) << 16 | index
  }

  /// The answer to `request` has come.
  @inline(__always)
  mutating func complete(_ request: UInt32, isAsk: Bool = false) -> Completion {
    let index = Int(request & 0xFFFF)
    guard index < slots.count, slots[index].generation == UInt16(request >> 16),
      slots[index].state == (isAsk ? .ask : .call)
    else { return .notOpen }
    let waiter = slots[index].waiter
    free(index)
    return waiter.map { .waiter($0) } ?? .abandoned
  }

  /// What is left until the deadline of `request`; `nil` when its caller has gone.
  func deadline(of request: UInt32) -> Instant? {
    let index = Int(request & 0xFFFF)
    guard index < slots.count, slots[index].generation == UInt16(request >> 16), slots[index].waiter != nil else { return nil }
    return Instant(nanoseconds: slots[index].deadline)
  }

  /// Whether `request` is a call that has no answer yet, and no question.
  func isCall(_ request: UInt32) -> Bool {
    let index = Int(request & 0xFFFF)
    return index < slots.count && slots[index].generation == UInt16(request >> 16) && slots[index].state == .call
  }

  /// Takes out the waiters whose deadline has passed, with the numbers of their requests. Their slots stay taken.
  mutating func expire(now: Instant) -> [(request: UInt32, waiter: Waiter)] {
    guard now >= earliest else { return [] }
    var expired: [(request: UInt32, waiter: Waiter)] = []
    var next = Int64.max
    for index in slots.indices where slots[index].waiter != nil {
      if slots[index].deadline <= now.nanoseconds {
        expired.append((UInt32(slots[index].generation) << 16 | UInt32(index), slots[index].waiter!))
        slots[index].waiter = nil
      } else {
        next = min(next, slots[index].deadline)
      }
    }
    earliest = Instant(nanoseconds: next)
    return expired
  }

  /// Takes out the waiters that `isMet`, with the numbers of their requests. Their slots stay taken.
  mutating func takeOut(where isMet: (Waiter) -> Bool) -> [(request: UInt32, waiter: Waiter)] {
    var found: [(request: UInt32, waiter: Waiter)] = []
    for index in slots.indices {
      guard let waiter = slots[index].waiter, isMet(waiter) else { continue }
      found.append((UInt32(slots[index].generation) << 16 | UInt32(index), waiter))
      slots[index].waiter = nil
    }
    return found
  }

  /// The link has ended: takes out every waiter.
  mutating func removeAll() -> [Waiter] {
    let waiters = slots.compactMap(\.waiter)
    self = PendingCalls(limit: limit)
    return waiters
  }

  private mutating func free(_ index: Int) {
    slots[index].waiter = nil
    slots[index].deadline = .max
    slots[index].state = .free
    slots[index].generation &+= 1
    slots[index].next = firstFree
    firstFree = UInt32(index)
    count -= 1
  }

  @inline(never)
  private mutating func grow() -> Bool {
    guard slots.count < limit else { return false }
    firstFree = UInt32(slots.count)
    slots.append(Slot(next: Self.none))
    return true
  }
}
