// The two ends of a link's table of identities, and the issuer's memory.
import Testing
import TroupeNet

@testable import TroupeTransport

@Suite("Identity tables")
struct IdentityTablesTests {
  private static let issuer = IdentityIssuer(key: .generate(), cluster: "test")
  private static let now = WallTime(milliseconds: 1_767_225_600_000)

  private func identities(_ count: Int) throws -> [SignedIdentity] {
    try (0..<count).map { try Self.issuer.identity(of: "user \($0)", now: Self.now) }
  }

  /// The index, and an exclamation mark when it has to be declared first.
  private func name(_ identity: SignedIdentity, in table: inout OutgoingIdentities) -> String {
    let (index, isNew) = table.index(of: identity)
    return "\(index)\(isNew ? "!" : "")"
  }

  @Test("an identity is declared once and keeps its index")
  func once() throws {
    var table = OutgoingIdentities(limit: 3)
    let users = try identities(3)
    // The same token is the same identity, whatever object holds it.
    let copies = try users.map { try SignedIdentity(token: $0.token) }
    let names = (users + copies + users).map { name($0, in: &table) }
    #expect(names == ["0!", "1!", "2!", "0", "1", "2", "0", "1", "2"])
    #expect(table.count == 3)
  }

  @Test("past the bound the one that was not used for longest gives its index away")
  func replacing() throws {
    var table = OutgoingIdentities(limit: 3)
    let users = try identities(5)
    let names = [0, 1, 2, 0, 2, 0, 3, 4, 0, 1].map { name(users[$0], in: &table) }
    #expect(names == ["0!", "1!", "2!", "0", "2", "0", "1!", "2!", "0", "1!"])
    #expect(table.count == 3)
    table.removeAll()
    let anew = name(users[0], in: &table)
    #expect(anew == "0!")
  }

  @Test("any order of use gives each identity one index, and each index one identity")
  func model() throws {
    var table = OutgoingIdentities(limit: 7)
    let users = try identities(20)
    var declared: [UInt16: SignedIdentity] = [:]
    var random = SeededRandom(seed: 5)
    for _ in 0..<20_000 {
      let user = users[Int(random.next() % UInt64(users.count))]
      let (index, isNew) = table.index(of: user)
      if isNew { declared[index] = user }
      #expect(declared[index] == user)
    }
    #expect(declared.count == 7 && table.count == 7)
  }

  @Test("an index past the bound ends the link; one that nobody declared is nobody")
  func incoming() throws {
    var table = IncomingIdentities()
    #expect(throws: FrameError.badIdentity(4_096)) { try table.declare(4_096, .failure(.expired)) }
    try table.declare(4_095, .success(CallerIdentity(unsigned: "a")))
    #expect(table.count == 1)
    #expect(table[0] == nil && table[.max] == nil)
    #expect(try table[4_095]?.get().subject == "a")
    try table.declare(4_095, .success(CallerIdentity(unsigned: "b")))
    #expect(try table[4_095]?.get().subject == "b")
  }

  @Test("an issuer signs a user's token again when half of its life is over")
  func reissuing() throws {
    let issuer = IdentityIssuer(key: .generate(), cluster: "test")
    func token(_ roles: [String] = [], after milliseconds: Int64) throws -> SignedIdentity {
      try issuer.identity(of: "alice", roles: roles, now: WallTime(milliseconds: Self.now.milliseconds + milliseconds))
    }
    let first = try token(after: 0)
    #expect(try token(after: 29_999) === first)
    #expect(try token(["staff"], after: 29_999) != first)
    let second = try token(after: 30_000)
    #expect(second.issued.milliseconds == Self.now.milliseconds + 30_000)
    #expect(try token(after: 30_000) === second)
    // A clock that was set back: a token of the future is no use to anybody.
    #expect(try token(after: -5_000).issued.milliseconds == Self.now.milliseconds - 5_000)
  }
}
