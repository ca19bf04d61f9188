// Stored bytes of a shape that the present types refuse, made present by the entity's own code.
import Testing
import Troupe
import TroupeTesting

@Suite("Upcasting") struct UpcastTests {
  @Entity("tally")
  actor TextTally: EventSourced {
    @Wire struct State: Equatable {
      var text = ""
      mutating func apply(_ event: Event) { if case .set(let text) = event { self.text = text } }
    }
    @Wire enum Event: Equatable { case set(String) }
    @Command func set(_ text: String) { emit(.set(text)) }
  }

  @Entity("tally")
  actor NumberTally: EventSourced {
    @Wire struct State: Equatable {
      var value: Int
      var by: String
      init(value: Int = 0, by: String = "nobody") { (self.value, self.by) = (value, by) }
      mutating func apply(_ event: Event) { if case .put(let value, let by) = event { (self.value, self.by) = (value, by) } }
    }
    @Wire enum Event: Equatable { case put(Int, by: String) }

    /// What the former version stored, under its own name.
    @Wire struct FormerState { var text: String }
    @Wire enum FormerEvent { case set(String) }

    static func upcast(event bytes: [UInt8]) -> Event? {
      guard case .set(let text)? = try? FormerEvent(wireBytes: bytes), let value = Int(text) else { return nil }
      return .put(value, by: "the former version")
    }
    static func upcast(state bytes: [UInt8]) -> State? {
      guard let former = try? FormerState(wireBytes: bytes), let value = Int(former.text) else { return nil }
      return State(value: value, by: "a snapshot")
    }

    @Command func put(_ value: Int) { emit(.put(value, by: "this version")) }
    @Query func whole() -> State { state }
  }

  @Test("events and states", arguments: [false, true]) func upcasts(fromSnapshot: Bool) throws {
    let cluster = try SimulatedCluster(shardCount: 4) { $0.register(TextTally.self) }
    try cluster.run { (shop: Cluster) async throws -> Void in
      try await shop.entity(TextTally.self, "good").set("42")
      try await shop.entity(TextTally.self, "bad").set("many")
    }
    if fromSnapshot { cluster.advance(by: .seconds(1_500)) }
    try cluster.start("n2") { $0.register(NumberTally.self) }
    try cluster.drain("n1")
    try cluster.run { (shop: Cluster) async throws -> Void in
      let good = shop.entity(NumberTally.self, "good")
      let seen = try await good.whole()
      #expect(seen == NumberTally.State(value: 42, by: fromSnapshot ? "a snapshot" : "the former version"))
      try await good.put(43)
      #expect(try await good.whole().value == 43)
      // What nobody can read is served by nobody.
      await #expect(throws: CallError.self) { try await shop.entity(NumberTally.self, "bad").within(.seconds(1)).whole() }
    }
  }
}
