// The killer stands between every two steps of a node with a projection: its writes to the log's store and its transactions in the real
// database. Effects are counted in the table.

import Testing
import Troupe
import TroupeTesting

@testable import TroupeProjections

@Suite struct ProjectionKillTests {
  enum Moment: CaseIterable { case before, behind }

  /// A node's n-th step is its last, and what it does afterwards happens nowhere.
  private final class Killer: @unchecked Sendable {
    // Sound because a simulation has one thread.
    static let dead = StoreError.unavailable("the node is dead")
    private let victim: Int
    private let moment: Moment
    private var steps = 0
    private var isIdle = false
    private(set) var isOver = false

    init(_ victim: Int, _ moment: Moment) { (self.victim, self.moment) = (victim, moment) }

    /// Nobody dies any more.
    func rest() { (isIdle, isOver) = (true, false) }

    func watch(_ store: FaultyStore) {
      store.judge { [self] operation, _ in
        if isOver { return .refused(Self.dead) }
        guard operation.isWrite, isLast() else { return .done }
        return moment == .before ? .refused(Self.dead) : .doneBut(Self.dead)
      }
    }

    func around(_ transaction: () async throws -> Void) async throws {
      if isOver { throw Self.dead }
      guard isLast() else { return try await transaction() }
      if moment == .behind { try await transaction() }
      throw Self.dead
    }

    private func isLast() -> Bool {
      guard !isIdle else { return false }
      steps += 1
      if steps > victim { isOver = true }
      return isOver
    }
  }

  @Test(arguments: Moment.allCases) func whereverTheNodeEndsEachDepositIsCountedOnce(_ moment: Moment) async throws {
    var steps = 0
    for victim in 0... {
      let view = try View()
      let projector = try await Projector(Sums(), in: view.file)
      let store = FaultyStore(MemoryStore()) { _, _ in .done }
      let killer = Killer(victim, moment)
      let cluster = try SimulatedCluster(nodes: 1, shardCount: 2, seed: 1, store: store) {
        $0.register(Purse.self)
        $0.subscribe("sums", toBatchesOf: .added, keeping: projector) { batch, _ in
          try await killer.around { try await projector.take(batch) }
        }
      }
      killer.watch(store)
      try cluster.run { shop in
        for number in 0..<4 { _ = try? await shop.entity(Purse.self, "p\(number % 3)").within(.seconds(2)).add(number) }
      }
      cluster.advance(by: .seconds(3))
      let wasReached = killer.isOver
      cluster.crash("n1")
      killer.rest()
      try cluster.start("n1")
      try cluster.connectAnew()
      cluster.advance(by: .seconds(60))
      var expected: [String] = []
      for name in ["p0", "p1", "p2"] {
        let sum = try cluster.run { try await $0.entity(Purse.self, name).sum() }
        expected.append("\(name) \(sum)")
      }
      let sums = try view.sums()
      for line in sums { #expect(expected.contains(String(line.prefix { $0 != "/" })), "step \(victim): \(line) of \(expected)") }
      #expect(
        sums.count == expected.count(where: { !$0.hasSuffix(" 0") }) || sums.contains { $0.contains(" 0/") }, "step \(victim): \(sums)")
      view.remove()
      guard wasReached else { break }
      steps += 1
    }
    #expect(steps >= 8, "four deposits, their transactions and notes are as many steps")
  }
}
