// What one seed decides: a cluster, its surroundings, and everything that will go wrong.
public import TroupeNet

/// A simulation before it runs. `SimulationPlan(seed:)` draws everything; change what a test wants otherwise.
public struct SimulationPlan: Sendable {
  public var seed: UInt64
  /// How many nodes there are, n1, n2 …; all of them are up at the beginning and must be at the end.
  public var nodes: Int
  public var loops: Int
  public var shardCount: Int
  public var clients: Int
  /// Of each client.
  public var processes: Int
  /// What a process waits between two operations, at most.
  public var pause: Duration
  /// How long faults fall.
  public var length: Duration
  public var network: SimulatedNetwork.Latency
  public var storeLatency: ClosedRange<Duration>
  /// By node, what its clock runs fast, in millionths.
  public var drifts: [Int64]
  public var faults: [TimedFault]

  public init(seed: UInt64) {
    self.seed = seed
    var random = SeededRandom(seed: seed ^ 0x70_6C61_6E)
    func milliseconds(_ range: ClosedRange<Int64>) -> Duration { .milliseconds(Int64.random(in: range, using: &random)) }
    nodes = [1, 2, 3, 3, 3, 4, 5][Int.random(in: 0..<7, using: &random)]
    loops = Int.random(in: 1...2, using: &random)
    shardCount = [16, 32, 64][Int.random(in: 0..<3, using: &random)]
    clients = Int.random(in: 2...3, using: &random)
    processes = 6
    pause = .milliseconds(60)
    length = .seconds(20)
    network =
      [
        .local, .local, .init(shortest: .milliseconds(1), longest: .milliseconds(4), tailOneIn: 100, tail: .milliseconds(50)),
        .init(shortest: .milliseconds(25), longest: .milliseconds(125)),
      ][Int.random(in: 0..<4, using: &random)]
    storeLatency =
      [
        .microseconds(100)...(.milliseconds(1)), .microseconds(500)...(.milliseconds(5)), .milliseconds(2)...(.milliseconds(30)),
      ][Int.random(in: 0..<3, using: &random)]
    // Leases allow for 5 % between two clocks; crystals are a thousand times better.
    drifts = (0..<nodes).map { _ in Int64.random(in: -20_000...20_000, using: &random) }
    faults = []
    let names = (1...nodes).map { "n\($0)" }
    var at = Duration.zero
    // Some seeds are gentle, some are not.
    let longestGap = [1_000, 2_500, 5_000][Int.random(in: 0..<3, using: &random)]
    while true {
      at += milliseconds(50...Int64(longestGap))
      guard at < length else { break }
      faults.append(TimedFault(after: at, Self.drawFault(names, shardCount, &random)))
    }
  }

  /// The same surroundings with faults of some kinds alone, more of each, and at least two nodes.
  init(seed: UInt64, only kinds: Set<String>) {
    self.init(seed: seed)
    nodes = max(2, nodes)
    var random = SeededRandom(seed: seed ^ 0x6F_6E_6C_79)
    while drifts.count < nodes { drifts.append(Int64.random(in: -20_000...20_000, using: &random)) }
    faults = []
    var at = Duration.zero
    let names = (1...nodes).map { "n\($0)" }
    // Seeds of kinds that were there before stay what they are.
    let sorts = kinds.contains("storeStalls") ? 32 : kinds.isDisjoint(with: ["upgrade", "place"]) ? 26 : 30
    while at < length {
      let fault = Self.drawFault(names, shardCount, among: sorts, &random)
      guard kinds.contains(fault.kind) else { continue }
      at += .milliseconds(Int64.random(in: 50...2_500, using: &random))
      faults.append(TimedFault(after: at, fault))
    }
  }

  /// - Parameter count: of the sorts below. A plan of everything draws from the first twenty, and found seeds depend on that.
  private static func drawFault(
    _ names: [String], _ shardCount: Int, among count: Int = 20, _ random: inout SeededRandom
  ) -> SimulationFault {
    func milliseconds(_ range: ClosedRange<Int64>) -> Duration { .milliseconds(Int64.random(in: range, using: &random)) }
    let one = names.randomElement(using: &random) ?? names[0]
    let other = names.filter { $0 != one }.randomElement(using: &random) ?? "c1"
    switch Int.random(in: 0..<count, using: &random) {
    case 0, 1: return .crash(one, downFor: milliseconds(50...4_000))
    case 2: return .powerCut(one, downFor: milliseconds(500...6_000))
    case 3, 4: return .pause(one, milliseconds(50...6_000))
    case 5, 6: return .freeze(one, milliseconds(50...6_000))
    case 7: return .cut(one, other, milliseconds(200...5_000))
    case 8: return .cutOneWay(from: one, to: other, milliseconds(200...5_000))
    case 9: return .isolate(one, milliseconds(200...4_000))
    case 10: return .resetLinks(one, other)
    case 11: return .stickLinks(one, other, milliseconds(200...4_000))
    case 12: return .slowLink(one, other, by: milliseconds(10...500), milliseconds(500...4_000))
    case 13: return .cutFromStore(one, milliseconds(200...4_000))
    case 14: return .storeAway(milliseconds(100...3_000))
    case 15: return .storeLoses(perMille: Int.random(in: 10...250, using: &random), milliseconds(500...4_000))
    case 16: return .storeRefuses(perMille: Int.random(in: 10...500, using: &random), milliseconds(500...4_000))
    case 17: return .rollOut(one, downFor: milliseconds(50...2_000))
    case 18: return .weigh(one, Int.random(in: 0...4, using: &random))
    case 20, 21: return .strand(one, with: "c1", milliseconds(1_500...4_000))
    case 22, 23: return .stickLinks(one, "c1", milliseconds(200...4_000))
    case 24, 25: return .storeSlow(milliseconds(100...600), milliseconds(500...4_000))
    case 26, 27: return .upgrade(one, downFor: milliseconds(50...2_000))
    case 28, 29: return .place(percent: [nil, 0, 5, 10, 25, 50, 100][Int.random(in: 0..<7, using: &random)])
    case 30, 31: return .storeStalls(perMille: Int.random(in: 50...300, using: &random), milliseconds(500...4_000))
    default: return .pin(shard: Int.random(in: 0..<shardCount, using: &random), one)
    }
  }
}
