// One thing that was done to the cluster, and how its entities and the load came through it.

struct ChaosFault: Sendable {
  let name: String
  let nodes: [String]
  /// Seconds since the load began.
  let at: Double
  /// When the cluster was whole again.
  private(set) var until: Double?
  /// Carts that the nodes had at that moment.
  let carts: Int
  /// Those that have not answered since.
  private(set) var silent: Set<String>
  /// Seconds to the first answer to a call that was due after the fault; a cart each.
  private(set) var firsts: [Double] = []
  private(set) var sent = 0
  private(set) var answered = 0
  /// Seconds in which nothing was sent.
  private(set) var longestSilence = 0.0
  private var lastSent: Double

  init(_ name: String, nodes: [String], at: Double, carts: Set<String>) {
    (self.name, self.nodes, self.at, self.carts, silent, lastSent) = (name, nodes, at, carts.count, carts, at)
  }

  var isOver: Bool { until != nil }
  /// Nothing that is answered from now on concerns it.
  var isDone: Bool { isOver && silent.isEmpty }

  func isOn(at seconds: Double) -> Bool { seconds >= at && until.map { seconds <= $0 } ?? true }

  mutating func heardSent(at seconds: Double) {
    guard !isOver else { return }
    sent += 1
    longestSilence = max(longestSilence, seconds - lastSent)
    lastSent = seconds
  }

  mutating func heardAnswer(of cart: String, due: Double, at seconds: Double) {
    guard due >= at else { return }
    if !isOver { answered += 1 }
    if silent.remove(cart) != nil { firsts.append(seconds - at) }
  }

  mutating func end(at seconds: Double) {
    longestSilence = max(longestSilence, seconds - lastSent)
    until = seconds
  }
}
