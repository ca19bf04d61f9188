// What becomes of requests to a store beside a simulated cluster: done, refused, lost on either way, or late.
import Testing
import Troupe

@testable import TroupeTesting

@Suite struct SimulatedStoreTests {
  static let shard: ShardID = 7
  static let timeout = StoreError.timeout("raiseFence")

  /// A store and somebody who asks it. Each request raises a fence, so the fence counts those that took effect.
  final class Bed {
    let world: SimulatedWorld
    let store: SimulatedStore
    private let memory = MemoryStore()
    private let loop: SimulatedLoop

    init(seed: UInt64 = 1) {
      world = SimulatedWorld(seed: seed)
      store = SimulatedStore(world, memory)
      loop = world.makeLoop(host: "test")
    }

    /// What came back, and how long that took.
    func request(from host: String = "n1") throws -> (error: StoreError?, took: Duration) {
      let began = world.now
      let door = store.door(of: host)
      let error = try world.run(on: loop) { () async -> StoreError? in
        do throws(StoreError) {
          _ = try await door.raiseFence(SimulatedStoreTests.shard, writer: WriterID(1))
          return nil
        } catch {
          return error
        }
      }
      return (error, world.now - began)
    }

    /// How many requests have taken effect so far.
    func effects() throws -> UInt64 {
      try world.run(on: loop) { [memory] () async throws -> UInt64 in
        let head = try await memory.readHead(SimulatedStoreTests.shard)
        return head?.fence.value ?? 0
      }
    }
  }

  @Test func aRequestTakesItsTimeThereAndBack() throws {
    let bed = Bed()
    bed.store.latency = .milliseconds(10)...(.milliseconds(10))
    let (error, took) = try bed.request()
    #expect(error == nil)
    #expect(took >= .milliseconds(20) && took < .milliseconds(21))
    let effects = try bed.effects()
    #expect(effects == 1)
  }

  @Test func aCutHostsRequestsEndWithATimeout() throws {
    let bed = Bed()
    bed.store.setCut(true, host: "n1")
    for _ in 0..<40 {
      let (error, took) = try bed.request()
      #expect(error == Self.timeout)
      #expect(took >= StoreLimits.statementTimeout && took < StoreLimits.statementTimeout + .milliseconds(1))
    }
    // Some of them arrived, and their answers did not.
    let effects = try bed.effects()
    #expect(effects > 0 && effects < 40)
    #expect(bed.store.lateEffects == 0)
    let other = try bed.request(from: "n2").error
    #expect(other == nil)
    bed.store.setCut(false, host: "n1")
    let again = try bed.request().error
    #expect(again == nil)
  }

  @Test func nobodyReachesAStoreThatIsAway() throws {
    let bed = Bed()
    bed.store.isAway = true
    for host in ["n1", "n2", "n3"] {
      let error = try bed.request(from: host).error
      #expect(error == Self.timeout)
    }
    bed.store.isAway = false
    let error = try bed.request().error
    #expect(error == nil)
  }

  @Test func whatIsLostTakesEffectAtOnceOrLateOrNever() throws {
    let bed = Bed()
    bed.store.lostPerMille = 1_000
    var (never, atOnce, late) = (0, 0, 0)
    for _ in 0..<60 {
      let before = try bed.effects()
      let lateBefore = bed.store.lateEffects
      let error = try bed.request().error
      #expect(error == Self.timeout)
      let whenToldSo = try bed.effects() - before
      bed.world.run(for: bed.store.latest + .seconds(1))
      let inTheEnd = try bed.effects() - before
      switch (whenToldSo, inTheEnd) {
      case (0, 0): never += 1
      case (1, 1): atOnce += 1
      case (0, 1): late += 1
      default: Issue.record("\(whenToldSo) effects, then \(inTheEnd)")
      }
      // It counts those whose caller had given up, and no others.
      let counted = bed.store.lateEffects - lateBefore
      #expect(counted == (whenToldSo < inTheEnd ? 1 : 0))
    }
    #expect(never > 5 && atOnce > 5 && late > 5, "\(never) never, \(atOnce) at once, \(late) late")
  }

  @Test func aLateRequestTakesEffectWithinItsTime() throws {
    let bed = Bed()
    bed.store.lostPerMille = 1_000
    bed.store.latest = .milliseconds(50)
    for _ in 0..<20 { _ = try bed.request() }
    bed.world.run(for: .milliseconds(51))
    let soon = try bed.effects()
    bed.world.run(for: .seconds(60))
    let inTheEnd = try bed.effects()
    #expect(bed.store.lateEffects > 0)
    #expect(soon == inTheEnd)
  }

  @Test func whatIsRefusedHasNoEffect() throws {
    let bed = Bed()
    bed.store.refusedPerMille = 1_000
    for _ in 0..<20 {
      let (error, took) = try bed.request()
      #expect(error == StoreError.unavailable("the simulated store refuses"))
      #expect(took < .milliseconds(3))
    }
    bed.world.run(for: .seconds(60))
    let effects = try bed.effects()
    #expect(effects == 0)
  }

  @Test func whatACrashedHostHadUnderWayArrives() throws {
    let bed = Bed()
    bed.store.latency = .milliseconds(100)...(.milliseconds(100))
    let door = bed.store.door(of: "n1")
    let doomed = bed.world.makeLoop(host: "n1")
    Task(executorPreference: doomed) { _ = try? await door.raiseFence(SimulatedStoreTests.shard, writer: WriterID(1)) }
    bed.world.run(for: .milliseconds(50))
    bed.world.network.crash("n1")
    let before = try bed.effects()
    bed.world.run(for: .seconds(1))
    let after = try bed.effects()
    #expect(before == 0)
    #expect(after == 1)
  }

  @Test func healingEndsEveryFault() throws {
    let bed = Bed()
    (bed.store.lostPerMille, bed.store.refusedPerMille, bed.store.isAway) = (500, 500, true)
    bed.store.setCut(true, host: "n1")
    bed.store.heal()
    for number in 1...100 {
      let error = try bed.request().error
      #expect(error == nil)
      let effects = try bed.effects()
      #expect(effects == UInt64(number))
    }
  }

  @Test func oneSeedIsOneSeriesOfFates() throws {
    let one = try Self.fates(seed: 42)
    let same = try Self.fates(seed: 42)
    let other = try Self.fates(seed: 43)
    #expect(one == same)
    #expect(one != other)
    #expect(Set(one.map(\.code)) == ["done", "store_timeout", "store_unavailable"])
  }

  private struct Fate: Equatable {
    let code: String
    let took: Duration
    let effects: UInt64
    let fingerprint: UInt64
  }

  private static func fates(seed: UInt64) throws -> [Fate] {
    let bed = Bed(seed: seed)
    bed.store.lostPerMille = 300
    bed.store.refusedPerMille = 300
    var fates: [Fate] = []
    for _ in 0..<60 {
      let (error, took) = try bed.request()
      let effects = try bed.effects()
      fates.append(Fate(code: error?.code ?? "done", took: took, effects: effects, fingerprint: bed.world.fingerprint))
    }
    return fates
  }
}
