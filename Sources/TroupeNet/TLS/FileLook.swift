// When files that somebody is replacing may be read: what was seen of them goes in, the decision comes out. Pure.

/// What is known of a set of files that belong together.
///
/// A set is read when it differs from what was taken last and has stood still from one look to the next: whoever writes a
/// certificate and then its key, or copies a bundle slowly, is given the time. A set that was refused is tried again at each look.
struct FileLook: Sendable {
  private var taken: [FileState?]
  private var last: [FileState?]
  /// Why the newest set is not in force; `nil` while it is.
  private(set) var refusal: NetError?

  init(taken states: [FileState?]) {
    taken = states
    last = states
  }

  /// The next look; answers whether to read the set now.
  mutating func sees(_ states: [FileState?]) -> Bool {
    defer { last = states }
    return states != taken && states == last
  }

  /// The set is in force.
  mutating func took(_ states: [FileState?]) {
    taken = states
    last = states
    refusal = nil
  }

  /// The set could not be used; answers whether that is news.
  mutating func refused(_ error: NetError) -> Bool {
    defer { refusal = error }
    return refusal != error
  }

  /// What was in force before stands there again.
  mutating func settleIfUnchanged(_ states: [FileState?]) {
    if states == taken { refusal = nil }
  }
}
