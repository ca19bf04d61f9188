// Large byte arrays as arguments, in every place where one can stand: those that travel apart from the rest of their call and those that
// do not arrive alike.
import Testing
import Troupe

@Suite("Large arguments")
struct LargeArgumentTests {
  /// Around the size from which an array is left apart, around a chunk more, and many chunks.
  static let sizes = [65_536, 65_537, 65_536 + 32_768, 1_000_003]

  /// No two stretches of it are alike.
  private static func bytes(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
    var state = seed
    return (0..<count).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt8(truncatingIfNeeded: state >> 56)
    }
  }

  @Test(arguments: Ground.allCases, sizes) func arriveAsTheyWere(ground: Ground, size: Int) async throws {
    let (bytes, others) = (Self.bytes(size), Self.bytes(size, seed: 2))
    try await NodeAndClient.withOnLoop(ground) { (client: Cluster) async throws -> Void in
      let depot = client.entity(Depot.self, "d")
      for _ in 0..<2 {  // the first call makes the entity
        #expect(try await depot.put(bytes) == .init(bytes))
        #expect(try await depot.putLast("mug", number: -70_000, bytes) == .init(bytes, "mug -70000"))
        #expect(try await depot.putFirst(bytes, name: "pot") == .init(bytes, "pot"))
        #expect(try await depot.putBoth(bytes, others) == .init(bytes + others))
        #expect(try await depot.putBoth([1, 2], others) == .init([1, 2] + others))
        #expect(try await depot.putParcel(.init(name: "p", bytes: bytes)) == .init(bytes, "p"))
        #expect(try await depot.putParcelAndBytes(.init(name: "p", bytes: others), bytes) == .init(others + bytes, "p"))
        #expect(try await depot.putMany([bytes, [], others]) == .init(bytes + others))
        #expect(try await depot.putSlowly(bytes) == .init(bytes, "slowly"))
      }
      await #expect(throws: Depot.Failure.refused(size)) { try await depot.refuse(bytes) }
      #expect(try await client.entity(Ledger.self, "l").book(5) == 5, "what comes next is not touched by it")
    }
  }

  @Test(arguments: Ground.allCases) func severalAtOnceToOneEntityWaitForEachOther(ground: Ground) async throws {
    let bytes = (0..<6).map { Self.bytes(200_000 + $0, seed: UInt64($0)) }
    try await NodeAndClient.withOnLoop(ground) { (client: Cluster) async throws -> Void in
      let depot = client.entity(Depot.self, "d")
      async let slow = depot.putSlowly(bytes[0])
      async let second = depot.put(bytes[1])
      async let third = depot.putLast("x", number: 3, bytes[2])
      async let elsewhere = client.entity(Depot.self, "e").put(bytes[3])
      #expect(try await [slow, second, third, elsewhere].map(\.sum) == bytes.prefix(4).map { Depot.Receipt($0).sum })
    }
  }

  @Test(arguments: Ground.allCases) func aMethodThatBreaksRanOnce(ground: Ground) async throws {
    let bytes = Self.bytes(300_000)
    try await NodeAndClient.withOnLoop(ground) { (client: Cluster) async throws -> Void in
      let depot = client.entity(Depot.self, "d")
      #expect(try await depot.failures() == 0)
      let error = await #expect(throws: CallError.self) { try await depot.fail(bytes) }
      #expect(error?.code == .entityFault)
      #expect(try await depot.failures() == 1)
    }
  }

  @Test(arguments: Ground.allCases) func tooMuchIsRefusedAndNothingIsLeftBehind(ground: Ground) async throws {
    let bytes = Self.bytes((16 << 20) + (65 << 10))
    try await NodeAndClient.withOnLoop(ground) { (client: Cluster) async throws -> Void in
      let depot = client.entity(Depot.self, "d")
      let error = await #expect(throws: CallError.self) { try await depot.put(bytes) }
      #expect(error?.code == .tooLarge)
      #expect(try await depot.put([1, 2, 3]) == .init([1, 2, 3]))
      #expect(try await depot.put(Array(bytes.prefix(100_000))) == .init(Array(bytes.prefix(100_000))))
    }
  }
}

extension NodeAndClient {
  /// Runs `body` on the loop of the client, where arguments are written straight into frames.
  fileprivate static func withOnLoop(
    _ ground: Ground, _ body: @escaping @Sendable (Cluster) async throws -> Void
  ) async throws {
    try await with(ground) { (pair: NodeAndClient) async throws -> Void in
      guard ground == .real else { return try await body(pair.client) }
      try await Task(executorPreference: pair.ends.client.loop) { try await body(pair.client) }.value
    }
  }
}
