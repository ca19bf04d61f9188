// When a node is to end: at which of its durable steps, and on which side of it.

public struct KillOrder: Hashable, Sendable {
  public enum Moment: String, CaseIterable, Sendable {
    /// The store was not asked yet.
    case before
    /// The store has done it, and nobody has heard.
    case behind
  }

  public var moment: Moment
  /// The step's number, from 1.
  public var step: Int
  /// Whether steps count from the process's first, its joining and taking over; otherwise from when it is told to count.
  public var countsFromStart: Bool

  public init(_ moment: Moment, step: Int, countsFromStart: Bool = false) {
    (self.moment, self.step, self.countsFromStart) = (moment, step, countsFromStart)
  }
}

extension KillOrder {
  /// As it stands on a command line.
  public var words: [String] { [moment.rawValue, "\(step)", countsFromStart ? "start" : "told"] }

  /// Nil when these are not three words of an order.
  public init?(words: [String]) {
    guard words.count == 3, let moment = Moment(rawValue: words[0]), let step = Int(words[1]) else { return nil }
    self.init(moment, step: step, countsFromStart: words[2] == "start")
  }
}
