// The table of attacks on a token: each is refused by name. And what a loop remembers of those that it took.
import Testing
import TroupeNet
import TroupeTesting
import TroupeWire

@testable import TroupeTransport

@Suite("Identity checker")
struct IdentityCheckerTests {
  /// One loop in virtual time with a checker for the cluster `test`.
  private struct Bed {
    let world = SimulatedWorld()
    let loop: SimulatedLoop
    let key = SigningKey.generate()
    let checker: IdentityChecker

    init() {
      loop = world.makeLoop(host: "n1")
      checker = IdentityChecker(IdentityKeys([key.publicKey]), audience: "test")
    }

    var now: WallTime { loop.wallClock() }

    func token(
      subject: String = "alice", audience: String = "test", from: Duration = .zero, life: Duration = .seconds(60),
      by other: SigningKey? = nil
    ) throws -> [UInt8] {
      let issued = UInt64(now.milliseconds + Int64(from / .milliseconds(1)))
      let parts = IdentityToken.Parts(
        subject: subject, audience: audience, issued: issued, expires: issued + UInt64(life / .milliseconds(1)), roles: ["customer"])
      return try IdentityToken.write(parts, signedBy: other ?? key)
    }

    /// The name of whoever the token is for, or why it is nobody's.
    func check(_ token: [UInt8]) -> Result<String, IdentityRefusal> { checker.check(token: token.span.bytes, on: loop).map(\.subject) }
  }

  @Test("whoever has it is who it says, and what")
  func good() throws {
    let bed = Bed()
    let token = try bed.token()
    let checked = bed.checker.check(token: token.span.bytes, on: bed.loop)
    let identity = try checked.get()
    #expect(identity.subject == "alice" && identity.roles == ["customer"] && identity.signed?.token == token)
    #expect(bed.checker.vouches(for: identity, now: bed.loop.now))
  }

  @Test("no byte of it can be changed")
  func tampering() throws {
    let bed = Bed()
    let token = try bed.token()
    for index in token.indices {
      for flip in [UInt8(1), 0x80, 0xFF] {
        var changed = token
        changed[index] ^= flip
        guard case .failure = bed.check(changed) else {
          #expect(Bool(false), "byte \(index) changed by \(flip) was taken")
          continue
        }
      }
    }
    #expect(bed.check(token) == .success("alice"))
  }

  @Test("times, audience and signer are looked at, to the millisecond")
  func table() throws {
    let bed = Bed()
    let stranger = SigningKey.generate()
    let (minute, skew) = (Duration.seconds(60), IdentityLimits.skew)
    let cases: [(String, Result<[UInt8], any Error>, Result<String, IdentityRefusal>)] = [
      ("a clock that is 30 s ahead", Result { try bed.token(from: skew) }, .success("alice")),
      ("one that is a millisecond more ahead", Result { try bed.token(from: skew + .milliseconds(1)) }, .failure(.notYetValid)),
      ("one that is 30 s behind", Result { try bed.token(from: .zero - minute - skew + .milliseconds(1)) }, .success("alice")),
      ("one that is a millisecond more behind", Result { try bed.token(from: .zero - minute - skew) }, .failure(.expired)),
      ("yesterday's", Result { try bed.token(from: .seconds(-86_400)) }, .failure(.expired)),
      ("another cluster's", Result { try bed.token(audience: "test2") }, .failure(.audience("test2"))),
      ("another cluster's with our name in front", Result { try bed.token(audience: "tes") }, .failure(.audience("tes"))),
      ("a stranger's", Result { try bed.token(by: stranger) }, .failure(.unknownKey(stranger.publicKey.id))),
      ("nothing", .success([]), .failure(.malformed("its bytes are cut short or no text"))),
    ]
    for (name, token, expected) in cases { #expect(bed.check(try token.get()) == expected, "\(name)") }
  }

  @Test("a stranger who says he is the issuer is found by his signature")
  func wrongKeyRightName() throws {
    let bed = Bed()
    let token = try bed.token()
    let parts = try IdentityToken.read(token.span.bytes)
    var forged = try IdentityToken.write(parts, signedBy: .generate())
    let own = bed.key.publicKey.id.value.byteSwapped
    for index in 0..<8 { forged[forged.count - IdentityToken.tail + index] = UInt8(truncatingIfNeeded: own >> (index * 8)) }
    #expect(bed.check(forged) == .failure(.badSignature))
    // A signature under the same bytes without their context is one under something else.
    let bare = Array(forged.dropLast(VerifyingKey.signatureSize))
    #expect(bed.check(bare + bed.key.sign(bare.span.bytes)) == .failure(.badSignature))
    #expect(bed.check(bare + bed.key.sign((IdentityToken.context + bare).span.bytes)) == .success("alice"))
  }

  @Test("the signature's other spelling is refused")
  func malleability() throws {
    let bed = Bed()
    var token = try bed.token()
    // S plus the order of the group: the same point, and RFC 8032 forbids it.
    let order: [UInt8] = [
      0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
      0,
      0, 0x10,
    ]
    var carry = 0
    for index in 0..<32 {
      let sum = Int(token[token.count - 32 + index]) + Int(order[index]) + carry
      token[token.count - 32 + index] = UInt8(sum & 0xFF)
      carry = sum >> 8
    }
    #expect(bed.check(token) == .failure(.badSignature))
  }

  @Test("a token is checked once, and not taken past its end")
  func once() throws {
    let bed = Bed()
    let token = try bed.token()
    for _ in 0..<100 { #expect(bed.check(token) == .success("alice")) }
    #expect(bed.checker.signatureChecks == 1)
    bed.world.run(until: bed.world.now + .milliseconds(89_999))
    #expect(bed.check(token) == .success("alice"))
    bed.world.run(until: bed.world.now + .milliseconds(1))
    #expect(bed.check(token) == .failure(.expired))
    // A calendar that jumps back does not give it a new life.
    bed.world.wallClockOffset = WallTime(milliseconds: bed.world.wallClockOffset.milliseconds - 80_000)
    #expect(bed.check(token) == .failure(.expired))
    #expect(bed.checker.signatureChecks == 1)
  }

  @Test("what is remembered has a bound, and the newest are among it")
  func bound() throws {
    let bed = Bed()
    let tokens = try (0..<(2 * IdentityLimits.remembered + 10)).map { try bed.token(subject: "user \($0)") }
    for (number, token) in tokens.enumerated() { #expect(bed.check(token) == .success("user \(number)")) }
    #expect(bed.checker.signatureChecks == tokens.count)
    for token in tokens.suffix(IdentityLimits.remembered) { _ = bed.check(token) }
    #expect(bed.checker.signatureChecks == tokens.count)
    #expect(bed.check(tokens[0]) == .success("user 0"))
    #expect(bed.checker.signatureChecks == tokens.count + 1, "the oldest had to go")
  }
}
