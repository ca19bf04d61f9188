// Old, new, old, new, as RollTests has it, but with real nodes: their own loops, sockets and threads, each with its own connection to one
// SQLite store, as processes of one machine have them. Clients write throughout.
import Foundation
import Synchronization
import Testing
import TroupeJournal
import TroupeSQLite

@testable import Troupe

@Suite("Rolling real nodes on SQLite to a new version and back", .serialized) struct SQLiteRollTests {
  private let directory = FileManager.default.temporaryDirectory.appending(path: "troupe-roll-\(UUID().uuidString)").path

  @Test("nothing acknowledged is lost, fields survive, and new cases wait until all can read them", .timeLimit(.minutes(3)))
  func oldNewOldNew() async throws {
    defer { try? FileManager.default.removeItem(atPath: directory) }
    var fleet = Fleet(directory)
    try await fleet.start("n1", as: BadgeVersion.old)
    try await fleet.start("n2", as: BadgeVersion.old)
    let client = try await fleet.connect()
    let shop = client.cluster
    // Sends nothing twice: where an earlier try was lost with its node, no refusal could say that the call was not executed.
    let giverClient = try await fleet.connect(as: "c2", resendsLostCalls: false)
    let snapshots = try BadgeSnapshots(directory)
    let (load, giver) = (RollTests.Load(), Giver())
    let beside = Task {
      await withTaskGroup(of: Void.self) { group in
        for number in 0..<3 { group.addTask { await load.run(number, shop) } }
        group.addTask { await giver.run(giverClient.cluster) }
      }
    }

    // To the new version, which is held back so that it can be rolled back.
    try await fleet.roll("n1", to: "n3", heldBack: ["badge": 1], as: BadgeVersion.new, shop)
    try await fleet.roll("n2", to: "n4", heldBack: ["badge": 1], as: BadgeVersion.new, shop)
    try await giver.untilRefused(because: "is held back by the configuration", shop)
    for badge in Self.badges + Self.quiet {
      _ = try await shop.entity(NewBadge.self, badge).once("note").within(.seconds(20)).earn(1, note: Self.note(badge))
    }
    let new = try await snapshots.untilAllHold(Self.quiet, Self.note, above: [:], shop)

    // Back: the old version writes snapshots of its own, and what it does not know is still in them.
    try await fleet.roll("n3", to: "n5", as: BadgeVersion.old, shop)
    try await fleet.roll("n4", to: "n6", as: BadgeVersion.old, shop)
    for badge in Self.quiet { _ = try await shop.entity(NewBadge.self, badge).once("old").within(.seconds(20)).earn(10) }
    _ = try await snapshots.untilAllHold(Self.quiet, Self.note, above: new, shop)
    #expect(try await Self.gifts(shop) == 0, "nobody was allowed to record one")

    // And forth for good: the case waits for the last old node.
    try await fleet.roll("n5", to: "n7", as: BadgeVersion.new, shop)
    try await giver.untilRefused(because: "which n6 does not know", shop)
    #expect(try await Self.gifts(shop) == 0, "n6 does not know the case")
    giver.everybodyKnows.store(true, ordering: .sequentiallyConsistent)
    try await fleet.roll("n6", to: "n8", as: BadgeVersion.new, shop)
    while try await Self.gifts(shop) == 0 { await RollTests.pause(shop) }

    load.isOver.store(true, ordering: .relaxed)
    await beside.value
    var points = 0
    for badge in Self.badges {
      let state = try await shop.entity(NewBadge.self, badge).within(.seconds(20)).whole()
      points += state.points
      #expect(state.notes == [Self.note(badge)])
    }
    for badge in Self.quiet {
      let state = try await shop.entity(NewBadge.self, badge).within(.seconds(20)).whole()
      #expect(state.points == 11 && state.notes == [Self.note(badge)])
    }
    let earned = load.earned.load(ordering: .relaxed)
    #expect(earned > 200, "under load: \(earned) calls")
    #expect(points == earned + Self.badges.count)
    await client.close()
    await giverClient.close()
    await snapshots.store.close()
    await fleet.stop()
  }

  private static var badges: [String] { (0..<RollTests.badges).map { "b\($0)" } }
  /// Alone in their shards, and nobody writes to them but the test: their snapshots are behind all that the new version recorded of them, and so the old one takes
  /// over a state with unknown fields and no event with unknown values, which would keep it from writing snapshots.
  private static let quiet = ["quiet0", "quiet2"]
  private static func note(_ badge: String) -> String { "a note of \(badge)." }

  /// How many of the events that the log still has are of the new case.
  private static func gifts(_ shop: Cluster) async throws -> Int {
    var count = 0
    for badge in badges {
      // A node that comes or goes does not answer for a moment.
      while true {
        if let log = try? await shop.log(kind: "badge", id: badge, limit: 1_000) {
          count += log.flatMap(\.events).count { $0[1] == 1 }
          break
        }
        try Task.checkCancellation()
        await RollTests.pause(shop)
      }
    }
    return count
  }
}

/// The nodes of the cluster, each with a store of its own on the one directory.
private struct Fleet {
  private let directory: String
  private var running: [String: (node: Node, store: SQLiteStore)] = [:]

  init(_ directory: String) { self.directory = directory }

  mutating func start(_ id: String, heldBack: [String: Int] = [:], as version: @Sendable (inout Registry) -> Void) async throws {
    var configuration = NodeConfiguration(cluster: "test", id: id, shardCount: 16)
    configuration.overload = .off
    configuration.heldBackEvents = heldBack
    configuration.idleAfter = .seconds(1)
    configuration.snapshots.records = 4
    let store = try SQLiteStore.open(directory: directory)
    running[id] = (try await Node.start(configuration, store: store, version), store)
  }

  func connect(as name: String = "c1", resendsLostCalls: Bool = true) async throws -> Client {
    var calls = CallPolicy()
    calls.resendsLostCalls = resendsLostCalls
    return try await Client.connect(
      to: running.values.flatMap(\.node.addresses).compactMap { SocketAddress($0) }, cluster: "test", name: name, role: .operator, tls: nil,
      calls: calls)
  }

  /// Both versions serve side by side; then the old node gives away what it has, and leaves.
  mutating func roll(
    _ old: String, to new: String, heldBack: [String: Int] = [:], as version: @Sendable (inout Registry) -> Void, _ shop: Cluster
  ) async throws {
    try await start(new, heldBack: heldBack, as: version)
    try await MovingTests.until(shop) { status in status.nodes.contains { $0.id == new && $0.shards > 2 } }
    await end(old)
  }

  private mutating func end(_ id: String) async {
    guard let (node, store) = running.removeValue(forKey: id) else { return }
    await node.drain()
    await node.stop()
    await store.close()
  }

  mutating func stop() async {
    for (node, store) in running.values {
      await node.stop()
      await store.close()
    }
  }
}

/// Asks for the new case without a pause for thought, until it is recorded.
private final class Giver: Sendable {
  let everybodyKnows = Atomic(false)
  private let refusals = Mutex<[String]>([])

  func run(_ shop: Cluster) async {
    var number = 0
    while true {
      number += 1
      do {
        _ = try await shop.entity(NewBadge.self, "g\(number % 16)").give(5)
        let isKnown = everybodyKnows.load(ordering: .sequentiallyConsistent)
        #expect(isKnown, "a case was recorded that some member does not know")
        return
      } catch let error as CallError where error.message.contains("'given' of NewBadge.Event") {
        #expect(error.code == .unavailable && error.executed == .no && error.mayRetry, "\(error)")
        refusals.withLock { $0.append(error.message) }
      } catch {
        // An entity of an old node's, or one that moves.
        let error = error as? CallError
        #expect(error?.code == .unknownMethod || error?.mayRetry == true, "\(error.map { "\($0)" } ?? "")")
      }
      await RollTests.pause(shop)
    }
  }

  /// Returns when it has been refused for this reason, from now on.
  func untilRefused(because reason: String, _ shop: Cluster) async throws {
    refusals.withLock { $0 = [] }
    while refusals.withLock({ !$0.contains { $0.contains(reason) } }) {
      try Task.checkCancellation()
      await RollTests.pause(shop)
    }
  }
}

/// A look at the badges' snapshots, past the nodes.
private struct BadgeSnapshots {
  let store: SQLiteStore

  init(_ directory: String) throws { store = try SQLiteStore.open(directory: directory) }

  /// Waits until each badge's snapshot is above an offset and holds its text; answers where they are.
  func untilAllHold(
    _ badges: [String], _ text: (String) -> String, above: [String: Offset], _ shop: Cluster
  ) async throws -> [String: Offset] {
    while true {
      let found = try await holding(text, above: above).filter { badges.contains($0.key) }
      if found.count == badges.count { return found }
      try Task.checkCancellation()
      await RollTests.pause(shop)
    }
  }

  private func holding(_ text: (String) -> String, above: [String: Offset]) async throws -> [String: Offset] {
    var found: [String: Offset] = [:]
    for shard in 0..<16 {
      for one in try await store.exportShard(ShardID(shard))?.snapshots ?? [] where one.offset > above[one.entity] ?? Offset(0) {
        if Data(one.state ?? []).range(of: Data(text(one.entity).utf8)) != nil { found[one.entity] = one.offset }
      }
    }
    return found
  }
}
