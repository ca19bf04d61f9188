// The main promise, on real processes: what was acknowledged is there, once, whatever dies.

import Foundation
import Synchronization
import Testing

extension OnRealProcesses {
  @Suite struct KillTests {
    static let carts = 1_000
    /// Lines for each cart: enough that the kill falls into the middle of every cart's life.
    static let lines = 3
    static let width = 32
    /// Of the dead node's carts so many are asked for at once to measure the gap.
    static let probes = 20
    static let longestGap: Duration = .seconds(5)

    @Test(.timeLimit(.minutes(4)))
    func `a node killed at a random moment loses nothing, doubles nothing, and is replaced in time`() async throws {
      var seed = Seed(for: "kill -9")
      let folder = try TemporaryFolder()
      let up = try await UpProcess(data: folder.path + "/data")
      let shopper = Shopper(up.gateway)
      let victim = try #require(up.nodes.randomElement(using: &seed)).id
      let killAfter = Int.random(in: Self.carts / 10...(Self.carts * Self.lines * 8 / 10), using: &seed)

      let watcher = try await Operator(up)
      let victims = try await watcher.carts((0..<Self.carts).map(Self.name), of: victim)
      await watcher.close()
      #expect(victims.count >= Self.probes, "\(victim) owns \(victims.count) of the carts")

      let acknowledged = Atomic(0)
      let (kill, killNow) = AsyncStream<Void>.makeStream()
      async let gap = measureGap(kill, up, victim, Array(victims.shuffled(using: &seed).prefix(Self.probes)), shopper)

      let outcomes = await concurrently(0..<Self.carts * Self.lines, width: Self.width) { number in
        let (line, cart) = (number / Self.carts, number % Self.carts)
        let outcome = await shopper.add("line-\(line)", quantity: line + 1, to: Self.name(cart), key: "\(cart)-\(line)")
        if acknowledged.add(1, ordering: .relaxed).newValue == killAfter { killNow.finish() }
        return outcome
      }
      killNow.finish()
      let unacknowledged = outcomes.filter { $0 != .acknowledged }
      #expect(
        unacknowledged.isEmpty, "\(unacknowledged.count) were never acknowledged, for example \(unacknowledged.first.debugDescription)")

      let found = try await concurrently(0..<Self.carts, width: Self.width) { try await shopper.contents(of: Self.name($0)) }
      for (cart, contents) in found.enumerated() {
        for line in 0..<Self.lines {
          let count = contents["line-\(line)"] ?? 0
          if outcomes[line * Self.carts + cart] == .acknowledged {
            #expect(count == line + 1, "cart \(cart), line \(line): \(count) instead of \(line + 1)")
          } else {
            #expect(count == 0 || count == line + 1, "cart \(cart), line \(line): \(count)")
          }
        }
      }
      let measured = try await gap
      print("kill -9 of \(victim) after \(killAfter) adds: its carts were served again within \(measured)")
      #expect(measured < Self.longestGap)

      #expect(await up.events.first { $0.event == "back" && $0.process == victim } != nil, "it is started again")
      #expect(await up.stop() == 0)
    }

    static func name(_ cart: Int) -> String { "cart-\(cart)" }

    /// From the kill until each of the dead node's carts has taken a command again.
    private func measureGap(_ kill: AsyncStream<Void>, _ up: UpProcess, _ victim: String, _ carts: [String], _ shopper: Shopper)
      async throws -> Duration
    {
      for await _ in kill {}
      let start = ContinuousClock.now
      try await up.killNode(victim)
      let answered = await concurrently(0..<carts.count, width: carts.count) { number in
        let outcome = await shopper.add("probe", to: carts[number], key: "probe-\(number)")
        return outcome == .acknowledged ? .now - start : Duration.seconds(3_600)
      }
      return answered.max() ?? .zero
    }

    @Test(.timeLimit(.minutes(2)))
    func `a node that was frozen until the others buried it comes back as a new process`() async throws {
      let folder = try TemporaryFolder()
      let up = try await UpProcess(data: folder.path + "/data")
      let shopper = Shopper(up.gateway)
      #expect(await shopper.add("mug", quantity: 2, to: "alice", key: "1") == .acknowledged)
      let frozen = try #require(up.nodes.first).id
      let pid = try #require(await up.events.pid(of: frozen))
      kill(pid, SIGSTOP)
      _ = await up.events.first { $0.status.map { !$0.nodes.contains { $0.id == frozen } } ?? false }
      kill(pid, SIGCONT)
      #expect(await up.events.first { $0.event == "back" && $0.process == frozen } != nil, "it is started again")
      let told = await up.events.all.count
      _ = await up.events.first(after: told) { $0.status?.nodes.contains { $0.id == frozen && $0.shards > 0 } ?? false }
      #expect(await up.events.pid(of: frozen) != pid)
      #expect(up.log(of: frozen).contains("the other members took this node for dead"))
      #expect(try await shopper.contents(of: "alice") == ["mug": 2])
      #expect(await up.stop() == 0)
    }

    @Test(.timeLimit(.minutes(2)))
    func `when up itself is killed, nothing of it stays, and the next one goes on`() async throws {
      let folder = try TemporaryFolder()
      let first = try await UpProcess(data: folder.path + "/data")
      #expect(await Shopper(first.gateway).add("mug", quantity: 2, to: "alice", key: "1") == .acknowledged)
      let pids = await first.events.pids
      #expect(pids.count == 4)
      kill(first.identifier, SIGKILL)
      #expect(await eventually(within: .seconds(15)) { pids.allSatisfy { kill($0, 0) != 0 } }, "no process outlives it")

      let second = try await UpProcess(data: folder.path + "/data")
      #expect(try await Shopper(second.gateway).contents(of: "alice") == ["mug": 2])
      #expect(await second.stop() == 0)
    }
  }
}
