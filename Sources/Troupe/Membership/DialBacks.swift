// Newcomers that a member is just trying to reach where they say that they listen, and those that it has reached.

struct DialBacks {
  typealias Answer = @Sendable (Swift.Result<[UInt8], CallError>) -> Void

  /// Newcomers at once.
  static let newcomers = 16
  /// Greetings of one newcomer that wait for the same answer: it repeats them while it waits.
  static let greetings = 16
  /// How long a newcomer that was reached is answered at once.
  static let remembered: Duration = .seconds(10)

  enum Admission: Equatable { case reached, waits, begins, full }

  private var open: [IncarnationName: [Answer]] = [:]
  private var reached: [IncarnationName: Moment] = [:]

  mutating func admit(_ newcomer: IncarnationName, _ answer: @escaping Answer, now: Moment) -> Admission {
    reached = reached.filter { now < $0.value + Self.remembered }
    if reached[newcomer] != nil { return .reached }
    if let others = open[newcomer] {
      guard others.count < Self.greetings else { return .full }
      open[newcomer]!.append(answer)
      return .waits
    }
    guard open.count < Self.newcomers else { return .full }
    open[newcomer] = [answer]
    return .begins
  }

  /// Whoever waits for it.
  mutating func ended(_ newcomer: IncarnationName, isReached: Bool, now: Moment) -> [Answer] {
    if isReached { reached[newcomer] = now }
    return open.removeValue(forKey: newcomer) ?? []
  }
}
