// Calls in the names of users, signed by a key that everybody knows: what is measured is the time.
import Troupe

enum Identities {
  static let key = SigningKey(seed: [UInt8](repeating: 7, count: 32))!  // 32 bytes are a seed

  static func issuer() -> IdentityIssuer { IdentityIssuer(key: key, cluster: "bench", life: IdentityLimits.longestLife) }

  /// Checks a token's signature so many times, one after the other.
  static func check(count: Int) throws {
    let identity = try issuer().identity(of: "alice", roles: ["customer"], now: WallTime(milliseconds: 1_767_225_600_000))
    let message = Array(identity.token.dropLast(VerifyingKey.signatureSize))
    let signature = key.sign(message.span.bytes)
    let clock = ContinuousClock()
    let started = clock.now
    for _ in 0..<count {
      guard key.publicKey.verifies(signature.span.bytes, of: message.span.bytes) else { throw Refusal("a signature does not fit") }
    }
    print(#"{"calls": \#(count), "seconds": \#((clock.now - started) / .seconds(1))}"#)
  }
}

extension Load {
  func identities(users: Int, inFlight: Int, calls: Int) async throws {
    let now = await withCheckedContinuation { waiter in
      client.loop.execute { [loop = client.loop] in waiter.resume(returning: loop.wallClock()) }
    }
    let issuer = Identities.issuer()
    let counters = try (0..<Sizes.entities).map { number in
      let counter = client.cluster.entity(Counter.self, Sizes.name(number))
      return users == 0 ? counter : counter.as(try issuer.identity(of: "user \(number % users)", roles: ["customer"], now: now))
    }
    try await measure(SynchronousCall(counters: counters), inFlight: inFlight, calls: calls).print()
  }
}
