// Who may call what: the text, what is wrong with it, and the first rule that fits.
import Testing

@testable import Troupe

@Suite struct AccessRulesTests {
  private static let contracts = [EntityContract(of: Counter.self), EntityContract(durable: Ledger.self)]

  private static func allows(
    _ rules: AccessRules, _ peer: String, _ kind: String, _ method: String, for user: CallerIdentity? = nil
  ) throws -> Bool {
    let parts = peer.split(separator: "/").map(String.init)
    let contract = try #require(contracts.first { $0.kind == kind })
    let found = try #require((contract.methods + [.deletion]).first { $0.name == method })
    return rules.decision(on: found, of: kind, role: parts[0], name: parts[1]).allows(user)
  }

  @Test func withoutRulesEverythingIsAllowed() throws {
    for peer in ["node/n1", "gateway/g1", "operator/o1"] {
      #expect(try Self.allows(.everything, peer, "ledger", "book"))
      #expect(try Self.allows(.everything, peer, "ledger", "delete"))
    }
  }

  @Test func theFirstRuleThatFitsDecidesAndWhatNoneFitsIsRefused() throws {
    let rules = try AccessRules(
      parsing: """
        # nodes first
        allow node/*        *       *
        deny  gateway/*     ledger  @commands   # read only\r
        allow gateway/edge-* *      *
        allow operator/*    counter value
        """)
    #expect(try Self.allows(rules, "node/n1", "ledger", "book"))
    #expect(try Self.allows(rules, "gateway/edge-1", "ledger", "balance"))
    #expect(try !Self.allows(rules, "gateway/edge-1", "ledger", "book"))
    #expect(try !Self.allows(rules, "gateway/edge-1", "ledger", "delete"))
    #expect(try Self.allows(rules, "gateway/edge-1", "counter", "add"))
    #expect(try !Self.allows(rules, "gateway/inner", "counter", "add"))
    #expect(try Self.allows(rules, "operator/o1", "counter", "value"))
    #expect(try !Self.allows(rules, "operator/o1", "counter", "add"))
    #expect(try !Self.allows(rules, "operator/o1", "ledger", "balance"))
  }

  @Test(arguments: [
    ("a*c", "abc", true), ("*", "x", true), ("a*", "ba", false), ("*a*b", "xaxb", true), ("a*a", "a", false), ("n1", "n10", false),
  ])
  func aStarStandsForAnyCharacters(pattern: String, name: String, fits: Bool) throws {
    let rules = try AccessRules(parsing: "allow node/\(pattern) * *")
    #expect(try Self.allows(rules, "node/\(name)", "counter", "add") == fits)
  }

  @Test(arguments: [
    ("allow node/* *", "has 3 words"), ("permit node/* * *", "begins with 'allow' or 'deny'"), ("allow nodes * *", "is no peer"),
    ("allow admin/x * *", "is no peer"), ("allow node/* * @all", "neither @queries nor @commands"),
    ("allow gateway/* * * support", "is no user"), ("allow gateway/* * * user:", "is no user"),
    ("allow */* * * user:support", "is for gateway/NAME or operator/NAME"),
    ("deny node/* * * user:*", "is for gateway/NAME or operator/NAME"),
    ("allow gateway/* * * user:a user:b", "has 6 words"),
  ])
  func aBadLineIsNamed(line: String, words: String) {
    let error = #expect(throws: AccessRules.BadLine.self) { try AccessRules(parsing: "# rules\n\(line)\nallow node/* * *") }
    #expect(error?.line == 2 && error?.why.contains(words) == true, "\(error?.description ?? "")")
  }

  @Test func aRoleDecidesWhereARuleAsksForIt() throws {
    let issuer = IdentityIssuer(key: SigningKey.generate(), cluster: "test")
    func user(_ roles: String...) throws -> CallerIdentity {
      CallerIdentity(try issuer.identity(of: "alice", roles: roles, now: WallTime(milliseconds: 1_000)))
    }
    let rules = try AccessRules(
      parsing: """
        allow node/*     *       *
        deny  gateway/*  ledger  @commands user:guest
        allow gateway/*  ledger  delete    user:support
        allow gateway/*  ledger  delete    user:admin
        deny  gateway/*  ledger  delete
        allow gateway/*  ledger  book      user:*
        allow gateway/*  ledger  @queries
        """)
    let (support, admin, guest, both, nobody) = (
      try user("support"), try user("admin"), try user("guest"), try user("support", "guest"), try user()
    )
    for (method, allowed, refused) in [
      ("delete", [support, admin], [guest, both, nobody, nil, CallerIdentity(unsigned: "support")]),
      ("book", [support, admin, nobody], [guest, both, nil, CallerIdentity(unsigned: "alice")]),
      ("balance", [support, guest, nobody, nil, CallerIdentity(unsigned: "alice")], []),
    ] as [(String, [CallerIdentity?], [CallerIdentity?])] {
      for user in allowed {
        let isAllowed = try Self.allows(rules, "gateway/g", "ledger", method, for: user)
        #expect(isAllowed, "\(method) \(user?.roles ?? [])")
      }
      for user in refused {
        let isAllowed = try Self.allows(rules, "gateway/g", "ledger", method, for: user)
        #expect(!isAllowed, "\(method) \(user?.roles ?? [])")
      }
    }
    // Between nodes nobody asks.
    #expect(try Self.allows(rules, "node/n", "ledger", "delete"))
    #expect(rules.demandsUsers)
  }

  @Test func rulesThatBarAllNodesAreRefused() {
    for text in ["", "allow gateway/* * *", "deny node/* * *"] {
      #expect(throws: AccessRules.BadLine.self, "\(text)") { try AccessRules(parsing: text) }
    }
  }

  @Test(arguments: [("ledgr", "*", "no kind \"ledgr\": it has counter, ledger"), ("ledger", "bok", "ledger has no method \"bok\"")])
  func whatTheNodeHasNotIsAMistake(kind: String, method: String, words: String) throws {
    let rules = try AccessRules(parsing: "allow node/* * *\ndeny gateway/* \(kind) \(method)")
    let error = #expect(throws: AccessRules.BadLine.self) { try rules.check(against: Self.contracts) }
    #expect(error?.line == 2 && error?.why.contains(words) == true, "\(error?.description ?? "")")
  }
}
