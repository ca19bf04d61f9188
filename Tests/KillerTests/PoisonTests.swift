// Commands that end the process that runs them, on real processes: a supervisor starts the node again each time, and the third life answers by
// name.
import Foundation
import Killed
import Testing
import Troupe

@testable import Killed

@Suite struct PoisonTests {
  private func whileANodeLives(_ body: (Cluster, Lives) async throws -> Void) async throws {
    let folder = try Folder()
    let outside = try OutsideLedger()
    let plan = NodeProcess.Plan(
      cast: .commands, store: "sqlite:\(folder.path)/store", port: Ports.free(), outside: outside.port, log: folder.path + "/log",
      // So long that no machine is too slow to see it.
      quarantine: 60)
    let lives = Lives(plan, [])
    defer { lives.end() }
    try await lives.begin()
    let client = try await Client.connect(
      to: [SocketAddress(host: "127.0.0.1", port: plan.port)], cluster: Cast.cluster, name: "client", tls: nil, limit: Insistence.limit)
    do { try await body(client.cluster, lives) } catch { Issue.record(error, "behind \(lives.accidents) lives: \(lives.log)") }
    await client.close()
  }

  /// How often: a life may also end because its machine was too slow for its lease, and that is not what is counted.
  private func said(_ words: String, _ lives: Lives) -> Int { lives.log.components(separatedBy: words).count - 1 }

  private func error(of call: () async throws -> Void) async throws -> CallError? {
    do { try await call() } catch let error as CallError { return error }
    return nil
  }

  @Test func aTrapCostsTwoLivesAndIsThenAnsweredByName() async throws {
    try await whileANodeLives { cluster, lives in
      try await cluster.entity(Poison.self, "a").within(.seconds(60)).put(1)
      let trapped = try await error { _ = try await cluster.entity(Poison.self, "a").within(.seconds(100)).trap() }
      #expect(trapped?.code == .quarantined, "\(String(describing: trapped)) \(lives.log)")
      #expect(trapped?.executed == .maybe)
      #expect(try await error { try await cluster.entity(Poison.self, "a").within(.seconds(60)).put(2) }?.code == .quarantined)
      try await cluster.entity(Poison.self, "b").within(.seconds(60)).put(3)
      #expect(try await cluster.entity(Poison.self, "b").within(.seconds(60)).values() == [3])
      #expect(said("the poison was taken", lives) == 2, "\(lives.log)")
    }
  }

  @Test func aTurnThatNeverEndsIsEndedByTheWatchdog() async throws {
    try await whileANodeLives { cluster, lives in
      let hung = try await error { try await cluster.entity(Poison.self, "a").within(.seconds(100)).hang() }
      #expect(hung?.code == .quarantined, "\(String(describing: hung)) \(lives.log)")
      #expect(said("troupe: poison/a has held loop 0 for", lives) == 2, "\(lives.log)")
      #expect(lives.log.contains("with a call to hang: this process ends"), "\(lives.log)")
      try await cluster.entity(Poison.self, "b").within(.seconds(60)).put(3)
    }
  }

  @Test func aReminderThatTrapsDoesNotEndEveryLife() async throws {
    try await whileANodeLives { cluster, lives in
      try await cluster.entity(Poison.self, "a").within(.seconds(60)).trapIn(milliseconds: 300)
      try await Insistence.wait("the third life leaves it alone") {
        said("the poison was taken", lives) == 2 && lives.log.contains("poison/a is in quarantine")
      }
      #expect(try await error { try await cluster.entity(Poison.self, "a").within(.seconds(60)).put(2) }?.code == .quarantined)
      try await cluster.entity(Poison.self, "b").within(.seconds(60)).put(3)
      #expect(said("the poison was taken", lives) == 2, "\(lives.log)")
    }
  }
}
