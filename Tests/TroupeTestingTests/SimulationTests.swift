// That a seed decides everything, and that the faults of the simulated network do what they say.
import Testing
import TroupeNet
import TroupeTesting

@Suite struct SimulationTests {
  actor Member {
    nonisolated let loop: SimulatedLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
    private var sum: UInt64 = 0
    private(set) var strays = 0
    init(_ loop: SimulatedLoop) { self.loop = loop }

    func work(_ number: UInt64) async -> UInt64 {
      sum &+= number
      await pause()
      let helped = await SimulationTests.help(sum)
      let children = await withTaskGroup(of: UInt64.self) { group in
        for child in 0..<3 { group.addTask { await SimulationTests.help(UInt64(child)) } }
        var order: UInt64 = 0
        for await result in group { order = order &* 7 &+ result }
        return order
      }
      async let one = SimulationTests.help(3)
      async let other = SimulationTests.help(4)
      sum &+= helped &+ children &+ (await one) &+ (await other)
      if !loop.isCurrent { strays += 1 }
      loop.world.note(sum)
      return sum
    }

    private func pause() async {
      await withCheckedContinuation { continuation in
        let delay = Duration.microseconds(Int64(loop.random() % 50))
        loop.schedule(after: delay) { continuation.resume() }
      }
    }
  }

  /// What a user may write beside an actor.
  nonisolated static func help(_ number: UInt64) async -> UInt64 {
    await Task.yield()
    return number &* 31
  }

  /// A cluster's worth of actors that call each other, over several loops.
  static func history(seed: UInt64) throws -> (fingerprint: UInt64, strays: Int) {
    let world = SimulatedWorld(seed: seed)
    let loops = (0..<3).map { world.makeLoop(host: "n\($0)", index: $0) }
    let members = (0..<9).map { Member(loops[$0 % 3]) }
    for number in 0..<300 {
      let (one, other) = (members[number % 9], members[number * 5 % 9])
      let loop = loops[number % 3]
      world.schedule(after: .microseconds(number % 50)) {
        loop.perform {
          _ = Task.immediate(executorPreference: loop) { () async -> Void in
            let first = await one.work(UInt64(number))
            world.note(await other.work(first % 100))
          }
        }
      }
    }
    #expect(world.runUntilIdle())
    let strays = try world.run(on: loops[0]) {
      var all = 0
      for member in members { all += await member.strays }
      return all
    }
    return (world.fingerprint, strays)
  }

  @Test func oneSeedIsOneHistory() throws {
    let histories = try (0..<4).map { _ in try Self.history(seed: 42) }
    #expect(Set(histories.map(\.fingerprint)).count == 1)
    #expect(histories.allSatisfy { $0.strays == 0 })
  }

  @Test func otherSeedsAreOtherHistories() throws {
    let fingerprints = try (0..<8).map { try Self.history(seed: $0).fingerprint }
    #expect(Set(fingerprints).count == 8)
  }

  @Test func timeIsVirtual() {
    let world = SimulatedWorld()
    let loop = world.makeLoop(host: "n1")
    let began = world.now
    let calendar = loop.wallClock()
    var fired: Duration?
    loop.perform { _ = loop.schedule(after: .seconds(86_400)) { fired = loop.now - began } }
    #expect(!world.runUntilIdle(limit: .seconds(1)))
    #expect(world.runUntilIdle(limit: .seconds(100_000)))
    #expect(fired == .seconds(86_400))
    #expect(loop.wallClock().milliseconds - calendar.milliseconds == 86_400_000)
  }

  @Test func whatNeverEndsIsNamed() {
    let world = SimulatedWorld()
    let loop = world.makeLoop(host: "n1")
    #expect(throws: SimulationError.idle) {
      try world.run(on: loop) { await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in } }
    }
  }
}
