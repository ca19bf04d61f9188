// From one look at the cluster to the next: rates, history, colours. Pure; time is what the caller says.

struct PictureMaker {
  private(set) var picture = ClusterPicture()
  private var colours: [String: Int] = [:]
  private var takenAt: ContinuousClock.Instant?

  mutating func add(_ look: ClusterPicture, at now: ContinuousClock.Instant) {
    let seconds = takenAt.map { $0.duration(to: now) / .seconds(1) }
    let before = Dictionary(picture.nodes.map { ($0.id, $0) }) { first, _ in first }
    var next = look
    next.history = picture.history
    next.isReachable = true
    next.trouble = nil
    for index in next.nodes.indices {
      let node = next.nodes[index]
      next.nodes[index].colour = colour(of: node.id)
      next.nodes[index].callsPerSecond = Self.rate(before[node.id]?.calls, node.calls, seconds)
      next.nodes[index].durablePerSecond = Self.rate(before[node.id]?.durable, node.durable, seconds)
    }
    takenAt = now
    picture = next
    if seconds != nil { remember(picture.callsPerSecond) }
  }

  /// Keeps what was known, and says that it is old.
  mutating func fail(_ trouble: String) {
    picture.isReachable = false
    picture.trouble = trouble
    takenAt = nil
    for index in picture.nodes.indices {
      picture.nodes[index].callsPerSecond = 0
      picture.nodes[index].durablePerSecond = 0
    }
    if !picture.history.isEmpty { remember(0) }
  }

  private mutating func remember(_ rate: Double) {
    picture.history.append(rate)
    if picture.history.count > ClusterPicture.historyLength { picture.history.removeFirst() }
  }

  /// A node that started again counts from 0.
  private static func rate(_ before: UInt64?, _ after: UInt64, _ seconds: Double?) -> Double {
    guard let before, let seconds, seconds > 0 else { return 0 }
    return Double(after >= before ? after - before : after) / seconds
  }

  private mutating func colour(of node: String) -> Int {
    if let colour = colours[node] { return colour }
    let colour = colours.count
    colours[node] = colour
    return colour
  }
}
