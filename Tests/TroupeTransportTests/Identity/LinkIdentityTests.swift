// Identities on links, in virtual time and over TLS: declared once, found by index, refused by name while the link lives on.
import Testing
import TroupeNet
import TroupeTesting

@testable import TroupeTransport

@Suite("Identities on links")
struct LinkIdentityTests {
  private static let key = SigningKey.generate()
  private static let keys = IdentityKeys([key.publicKey])

  /// A user as a gateway names him, in a token of its own.
  private static func user(
    _ name: String, _ pair: Pair, cluster: String = "test", by key: SigningKey = key, ago: Duration = .zero
  ) throws -> CallerIdentity {
    let now = WallTime(milliseconds: pair.gateway.loop.wallClock().milliseconds - Int64(ago / .milliseconds(1)))
    return CallerIdentity(try IdentityIssuer(key: key, cluster: cluster).identity(of: name, now: now))
  }

  /// A call in the name of a user whose token is made for it.
  private static func statusOf(_ name: String, _ pair: Pair, by key: SigningKey = key) async throws -> ReplyStatus {
    let user = try user(name, pair, by: key)
    return await status(pair, user)
  }

  private static func status(_ pair: Pair, _ identity: CallerIdentity?, _ arguments: [UInt8] = [1]) async -> ReplyStatus {
    await pair.gateway.call("n1", "e", arguments, as: identity).status
  }

  @Test("declared and checked once, whatever is called in between", arguments: Ground.allCases)
  func once(ground: Ground) async throws {
    try await withPair(ground, keys: Self.keys) { pair in
      _ = await pair.gateway.call("n1", "first")
      let alice = try Self.user("alice", pair)
      let bob = try Self.user("bob", pair)
      for _ in 0..<20 {
        for caller in [alice, nil, bob] { #expect(await Self.status(pair, caller) == .value) }
      }
      #expect(await pair.node.perform { $0.recorder.callers } == (0..<20).flatMap { _ in ["alice", "bob"] })
      #expect(await pair.node.perform { $0.peers.checker?.signatureChecks } == 2)
      #expect(await pair.node.perform { $0.peers.acceptedLinks[0].callers.count } == 2)
    }
  }

  @Test("a call that is made before the link is open brings its token along", arguments: Ground.allCases)
  func held(ground: Ground) async throws {
    try await withPair(ground, keys: Self.keys) { pair in
      let alice = try Self.user("alice", pair)
      async let small = Self.status(pair, alice)
      async let large = Self.status(pair, alice, repeated([1, 2, 3], to: 200_000))
      #expect(await [small, large] == [.value, .value])
      #expect(await pair.node.perform { $0.recorder.callers } == ["alice", "alice"])
      #expect(await pair.node.perform { $0.peers.checker?.signatureChecks } == 1, "one token is checked once a loop")
    }
  }

  @Test("5,000 users on one link: each call is its own user's", arguments: Ground.allCases)
  func many(ground: Ground) async throws {
    try await withPair(ground, keys: Self.keys) { pair in
      _ = await pair.gateway.call("n1", "first")
      await pair.node.perform { $0.recorder.recordsCalls = false }
      let count = 5_000
      let users = try (0..<count).map { try Self.user("\($0)", pair) }
      // The first ones have lost their indexes by then, and their tokens are still known to the loop.
      let order = Array(0..<count) + Array(0..<100) + [count - 1]
      // So few at once that a loop under a sanitizer, which checks a hundred times slower, is not taken for dead.
      let wave = 50
      for numbers in stride(from: 0, to: order.count, by: wave) {
        await withTaskGroup(of: ReplyStatus.self) { group in
          for number in order[numbers..<min(order.count, numbers + wave)] { group.addTask { await Self.status(pair, users[number]) } }
          for await status in group { #expect(status == .value) }
        }
      }
      let seen = await pair.node.perform { $0.recorder.callers }
      #expect(seen.count == order.count && Set(seen).count == count)
      #expect(await pair.node.perform { $0.peers.acceptedLinks[0].callers.count } == IdentityLimits.indexes)
      #expect(await pair.gateway.perform { $0.peers.openLinks[0].declared.count } == IdentityLimits.indexes)
      #expect(await pair.node.perform { $0.peers.checker?.signatureChecks } == count)
    }
  }

  @Test("what does not count is refused by name, and the link lives on", arguments: Ground.allCases)
  func refused(ground: Ground) async throws {
    try await withPair(ground, keys: Self.keys) { pair in
      _ = await pair.gateway.call("n1", "first")
      let foreign = try Self.user("alice", pair, by: .generate())
      let elsewhere = try Self.user("alice", pair, cluster: "other")
      let yesterdays = try Self.user("alice", pair, ago: .seconds(100))
      let tomorrows = try Self.user("alice", pair, ago: .seconds(-100))
      var token = try #require(try Self.user("alice", pair).signed).token
      token[4] ^= 2
      let changed = CallerIdentity(try SignedIdentity(token: token))
      let cases: [(String, CallerIdentity, ReplyStatus, String)] = [
        ("a stranger's", foreign, .identityRefused, "no key that this node trusts"),
        ("another cluster's", elsewhere, .identityRefused, "meant for the cluster \"other\""),
        ("changed", changed, .identityRefused, "not its issuer's"),
        ("yesterday's", yesterdays, .identityExpired, "has run out"),
        ("tomorrow's", tomorrows, .identityRefused, "not valid yet"),
        ("a name alone", CallerIdentity(unsigned: "alice"), .identityRefused, "is not signed"),
      ]
      for (what, identity, status, text) in cases {
        for attempt in 0..<3 {
          let reply = await pair.gateway.call("n1", "e", as: identity)
          #expect(reply.status == status, "\(what), call \(attempt)")
          #expect(reply.text.contains(text), "\(what): \(reply.text)")
          let others = try await Self.statusOf("bob", pair)
          #expect(others == .value, "others are served beside \(what)")
        }
      }
      #expect(await pair.node.perform { Set($0.recorder.callers) } == ["bob"])
      #expect(await pair.gateway.perform { $0.recorder.opened } == 1)
    }
  }

  @Test("an identity that runs out on its link is refused from then on")
  func runsOut() async throws {
    try await withPair(.simulated, keys: Self.keys) { pair in
      _ = await pair.gateway.call("n1", "first")
      let alice = try Self.user("alice", pair)
      #expect(await Self.status(pair, alice) == .value)
      await pair.rest(.seconds(89))
      #expect(await Self.status(pair, alice) == .value)
      await pair.rest(.seconds(2))
      #expect(await Self.status(pair, alice) == .identityExpired)
      let anew = try await Self.statusOf("alice", pair)
      #expect(anew == .value, "a new token helps")
    }
  }

  @Test("a key that is taken out counts for nothing at once, also for what it has vouched for")
  func keyGoes() async throws {
    let keys = IdentityKeys([Self.key.publicKey])
    try await withPair(.simulated, keys: keys) { pair in
      _ = await pair.gateway.call("n1", "first")
      let alice = try Self.user("alice", pair)
      #expect(await Self.status(pair, alice) == .value)
      let other = SigningKey.generate()
      keys.replace([other.publicKey])
      await pair.node.perform { $0.peers.checker?.keysChanged() }
      #expect(await Self.status(pair, alice) == .identityRefused)
      let byOther = try await Self.statusOf("alice", pair, by: other)
      #expect(byOther == .value)
      keys.replace([other.publicKey, Self.key.publicKey])
      await pair.node.perform { $0.peers.checker?.keysChanged() }
      #expect(await Self.status(pair, alice) == .value, "it is declared again after the refusal")
    }
  }

  @Test("a large call is its own user's, though its index names another by the time it is through", arguments: Ground.allCases)
  func overtaken(ground: Ground) async throws {
    try await withPair(ground, keys: Self.keys) { pair in
      _ = await pair.gateway.call("n1", "first")
      let alice = try Self.user("alice", pair)
      // Nothing leaves yet: alice's large call waits in its lane while others take every index.
      await pair.gateway.perform { $0.recorder.mayFlush = false }
      async let large = pair.gateway.call("n1", "large", repeated([7], to: 2_000_000), as: alice)
      await pair.waitForCalls(1)
      async let behind = pair.gateway.call("n1", "large", [8], as: alice)
      await pair.waitForCalls(2)
      await pair.gateway.perform { parts in
        let link = parts.peers.openLinks[0]
        for index in 0..<UInt16(4) { IdentityFrame.write(index, token: [1, 2, 3], to: &link.data) }
        parts.recorder.mayFlush = true
      }
      #expect(await large.status == .value)
      #expect(await behind.status == .value)
      #expect(await pair.node.perform { $0.recorder.callers } == ["alice", "alice"])
    }
  }

  @Test("a link that is made anew hears all declarations anew", arguments: Ground.allCases)
  func reconnect(ground: Ground) async throws {
    try await withPair(ground, keys: Self.keys) { pair in
      let alice = try Self.user("alice", pair)
      for _ in 0..<3 { #expect(await Self.status(pair, alice) == .value) }
      await pair.node.perform { for link in $0.peers.acceptedLinks { link.close() } }
      _ = await pair.gateway.events.closed()
      for _ in 0..<3 { #expect(await Self.status(pair, alice) == .value) }
      #expect(await pair.node.perform { $0.recorder.callers } == Array(repeating: "alice", count: 6))
      #expect(await pair.node.perform { $0.peers.checker?.signatureChecks } == 1, "the loop remembers it")
    }
  }

  @Test("a peer that knows no signed identities hears the name alone, of whatever size the call is", arguments: Ground.allCases)
  func withoutFeature(ground: Ground) async throws {
    var old = hello("n1")
    old.features = LinkFeatures.known.subtracting(.identities).rawValue
    try await withPair(ground, nodeHello: old) { pair in
      let alice = try Self.user("alice", pair)
      let sizes = [1, 200_000]
      // Before the link is open, and after.
      for _ in 0..<2 {
        await withTaskGroup(of: ReplyStatus.self) { group in
          for size in sizes { group.addTask { await Self.status(pair, alice, repeated([5], to: size)) } }
          for await status in group { #expect(status == .value) }
        }
      }
      #expect(await pair.node.perform { $0.recorder.callers } == Array(repeating: "alice", count: 4))
      #expect(await pair.node.perform { $0.recorder.last?.identity } == "alice")
    }
  }

  @Test("whoever speaks of identities out of turn ends his link, or is told so", arguments: Ground.allCases)
  func hostile(ground: Ground) async throws {
    try await withPair(ground, keys: Self.keys) { pair in
      // Without the feature in its hello.
      let before = pair.node.events.all.count
      await pair.gateway.sendRaw(RawFrames.hello() + RawFrames.frame(24, [0, 0, 1]), to: pair.address)
      await pair.node.events.waitForClosed(after: before, "protocol-violation")
      // An index that was never declared, on a link that goes on.
      _ = await pair.gateway.call("n1", "first")
      let alice = try Self.user("alice", pair)
      await pair.gateway.perform { _ = $0.peers.openLinks[0].declared.index(of: alice.signed!) }
      let reply = await pair.gateway.call("n1", "e", as: alice)
      #expect(reply.status == .identityRefused && reply.text.contains("identity 0"), "\(reply.text)")
      #expect(await Self.status(pair, alice) == .value, "it is declared after the refusal")
      // One that no sender may use.
      let known = pair.node.events.all.count
      await pair.gateway.perform { IdentityFrame.write(4_096, token: [1], to: &$0.peers.openLinks[0].data) }
      _ = await pair.gateway.call("n1", "last")
      await pair.node.events.waitForClosed(after: known, "protocol-violation")
    }
  }
}
