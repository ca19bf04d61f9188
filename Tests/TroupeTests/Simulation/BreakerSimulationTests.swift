// Breakers around real calls in virtual time: silent, refusing and flapping peers, a stuck kind, and each with breakers off.
import Testing
import Troupe
import TroupeTesting

@Suite struct BreakerSimulationTests {
  /// Forty reads of 200 ms from a peer from which nothing comes.
  private static func silent(_ seed: UInt64, _ change: (inout CallPolicy) -> Void) throws -> (CallScene, [CallScene.Ending]) {
    let scene = try CallScene(seed: seed, change)
    scene.network.cut("client", "n1.1")
    return (scene, try scene.readings(40, within: .milliseconds(200)))
  }

  @Test(arguments: 1...4) func aSilentPeerIsNoLongerCalled(seed: UInt64) throws {
    let (scene, endings) = try Self.silent(seed) { _ in }
    #expect(endings.prefix(5).allSatisfy { $0.error?.code == .deadlineExceeded && $0.error?.executed == .maybe })
    for ending in endings.dropFirst(5) {
      #expect(ending.error?.code == .breakerOpen && ending.error?.executed == .no && ending.error?.mayRetry == true)
      #expect(ending.error?.retryAfter ?? .zero > .milliseconds(100), "the next probe is too late for this call")
      #expect(ending.took < .milliseconds(100), "it is told so, and does not wait")
    }
    let report = try scene.report()
    #expect(report.openBreakers.map(\.peer) == ["n1"] && report.counts.breakerRefusals >= 35)
  }

  @Test(arguments: 1...4) func withoutBreakersEveryCallWaitsForItsDeadline(seed: UInt64) throws {
    let (scene, endings) = try Self.silent(seed) { $0.breakers = nil }
    for ending in endings { #expect(ending.error?.code == .deadlineExceeded && ending.took >= .milliseconds(190)) }
    #expect(try scene.report().breakers.isEmpty)
  }

  @Test(arguments: 1...4) func aProbeFindsAPeerThatIsBack(seed: UInt64) throws {
    let (scene, _) = try Self.silent(seed) { _ in }
    scene.network.healAll()
    scene.cluster.advance(by: .seconds(1))
    #expect(try scene.report().openBreakers.count == 1, "time alone closes nothing")
    let endings = try scene.readings(10, within: .milliseconds(200))
    #expect(endings.allSatisfy { $0.error == nil })
    let report = try scene.report()
    #expect(report.openBreakers.isEmpty && report.breakers.first?.openings == 1)
  }

  /// A call with time enough waits for the probe, and is answered once that is.
  @Test(arguments: 1...4) func aCallWithTimeEnoughOutlastsAnOpenBreaker(seed: UInt64) throws {
    let (scene, _) = try Self.silent(seed) { _ in }
    let network = scene.network
    scene.cluster.world.schedule(after: .milliseconds(300)) { network.healAll() }
    let ending = try scene.readings(1, within: .seconds(5))[0]
    #expect(ending.error == nil && ending.took < .seconds(2))
  }

  @Test(arguments: 1...4) func onlyOneOfManyProbes(seed: UInt64) throws {
    let (scene, _) = try Self.silent(seed) { _ in }
    scene.cluster.advance(by: .milliseconds(600))
    let before = try scene.report().counts
    // The way is still cut: whoever passes waits in vain, the others are refused.
    let codes = try scene.cluster.run { shop in
      await withTaskGroup(of: CallError.Code?.self) { group in
        for number in 0..<50 {
          group.addTask {
            await CallScene.ending { _ = try await shop.entity(Ledger.self, "l\(number)").within(.milliseconds(200)).balance() }.error?.code
          }
        }
        return await group.reduce(into: []) { $0.append($1) }
      }
    }
    #expect(codes.count { $0 == .deadlineExceeded } == 1)
    #expect(codes.count { $0 == .breakerOpen } == 49)
    #expect(try scene.report().counts.breakerRefusals - before.breakerRefusals >= 49)
  }

  /// A process that is gone refuses connections: the peer's own breaker opens, whatever kind is called.
  @Test(arguments: 1...4) func aDeadPeerHasABreakerOfItsOwn(seed: UInt64) throws {
    let scene = try CallScene(seed: seed)
    scene.cluster.crash("n1")
    let ending = try scene.readings(1, within: .seconds(3))[0]
    // Held back by the breaker, or as the probe that found nobody: which of them is last is a matter of chance.
    #expect(ending.error?.code == .breakerOpen || ending.error?.code == .unavailable)
    #expect(ending.error?.executed == .no && ending.error?.notRetried == .deadline)
    #expect(ending.took < .seconds(3), "it ends when no probe can help it any more")
    let open = try scene.report().openBreakers
    #expect(open.map(\.peer) == ["n1"] && open.map(\.kind) == [nil])

    let without = try CallScene(seed: seed) { $0.breakers = nil }
    without.cluster.crash("n1")
    let patient = try without.readings(1, within: .seconds(3))[0]
    #expect(patient.error?.code == .unavailable || patient.error?.code == .deadlineExceeded)
    #expect(patient.took > .milliseconds(2_500))
  }

  @Test(arguments: 1...4) func aKindThatHangsIsCutOffAlone(seed: UInt64) throws {
    let scene = try CallScene(seed: seed)
    func hang() throws -> [CallError.Code?] {
      try scene.cluster.run { shop in
        var codes: [CallError.Code?] = []
        for number in 0..<8 {
          codes.append(
            await CallScene.ending { _ = try await shop.entity(Counter.self, "h\(number)").within(.milliseconds(150)).addWhenOpen(1) }
              .error?.code)
        }
        return codes
      }
    }
    #expect(try hang().suffix(3) == [.breakerOpen, .breakerOpen, .breakerOpen])
    let open = try scene.report().openBreakers
    #expect(open.map(\.kind) == ["counter"] && open.map(\.peer) == ["n1"])
    #expect(try scene.readings(20, within: .milliseconds(200)).allSatisfy { $0.error == nil }, "ledgers are none of its business")
  }

  @Test func theEntitysOwnErrorsAndRefusalsOpenNothing() throws {
    let scene = try CallScene()
    try scene.cluster.run { (shop: Cluster) async throws -> Void in
      for _ in 0..<100 {
        await #expect(throws: Counter.Failure.tooLarge(2_000)) { try await shop.entity(Counter.self, "c").add(2_000) }
        await #expect(throws: Ledger.Failure.zero) { try await shop.entity(Ledger.self, "l").book(0) }
        await #expect(throws: CallError.self) { try await shop.entity(Counter.self, "c").fail() }
      }
    }
    #expect(try scene.report().breakers.isEmpty)
  }

  /// Three seconds away, three seconds there, five times: few tries go to it while it is away, and it is back soon after the end.
  @Test(arguments: 1...4) func aFlappingPeerIsTriedSeldomAndFoundAgain(seed: UInt64) throws {
    func flap(_ change: (inout CallPolicy) -> Void) throws -> (CallScene, sent: UInt64) {
      let scene = try CallScene(seed: seed, change)
      let (network, world) = (scene.network, scene.cluster.world)
      for round in 0..<5 {
        world.schedule(after: .seconds(round * 6)) { network.cut("client", "n1.1") }
        world.schedule(after: .seconds(round * 6 + 3)) { network.healAll() }
      }
      let before = try scene.report().counts.sent - scene.report().counts.breakerRefusals
      try scene.cluster.run { (shop: Cluster) async throws -> Void in
        let loop = CurrentLoop.loop!
        let end = loop.freshNow() + .seconds(30)
        await withTaskGroup(of: Void.self) { group in
          for number in 0..<10 {
            group.addTask {
              while loop.freshNow() < end {
                let ending = await CallScene.ending {
                  _ = try await shop.entity(Ledger.self, "l\(number)").within(.milliseconds(100)).balance()
                }
                let pause = max(.zero, .milliseconds(50) - ending.took)
                await withCheckedContinuation { waiter in
                  loop.execute { _ = loop.schedule(after: pause) { waiter.resume() } }
                }
              }
            }
          }
        }
      }
      let counts = try scene.report().counts
      return (scene, counts.sent - counts.breakerRefusals - before)
    }
    let (scene, sent) = try flap { _ in }
    let (_, without) = try flap { $0.breakers = nil }
    #expect(sent < without, "\(sent) tries with breakers, \(without) without")
    scene.cluster.advance(by: .seconds(6))
    #expect(try scene.readings(10, within: .seconds(1)).allSatisfy { $0.error == nil })
    let report = try scene.report()
    #expect(report.openBreakers.isEmpty && report.counts.breakerOpenings >= 5)
  }

  /// Two nodes that cannot reach each other, and a store that both reach: doubt, and nobody is buried for it.
  @Test(arguments: 1...4) func anOpenBreakerBuriesNobodyWhoseBeatMoves(seed: UInt64) throws {
    let scene = try CallScene(nodes: 2, seed: seed)
    let there = try scene.counter(on: "n2")
    let node = try #require(scene.cluster.nodes["n1"]).cluster
    scene.network.cut("n1.1", "n2.2")
    for _ in 0..<30 {
      _ = try scene.cluster.run { _ in
        await CallScene.ending { _ = try await node.entity(Counter.self, there).within(.milliseconds(400)).value() }
      }
      scene.cluster.advance(by: .milliseconds(500))
    }
    #expect(try scene.report(of: "n1").breakers.contains { $0.peer == "n2" && $0.kind == nil && $0.openings > 0 })
    #expect(try scene.cluster.run { try await $0.status() }.nodes.map(\.id) == ["n1", "n2"])
  }
}
