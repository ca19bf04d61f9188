// Who may call what: the text, what is wrong with it, and the first rule that fits.
import Testing

@testable import Troupe

@Suite struct AccessRulesTests {
  private static let contracts = [EntityContract(of: Counter.self), EntityContract(durable: Ledger.self)]

  private static func allows(_ rules: AccessRules, _ peer: String, _ kind: String, _ method: String) throws -> Bool {
    let parts = peer.split(separator: "/").map(String.init)
    let contract = try #require(contracts.first { $0.kind == kind })
    let found = try #require((contract.methods + [.deletion]).first { $0.name == method })
    return rules.allows(found, of: kind, role: parts[0], name: parts[1])
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
  ])
  func aBadLineIsNamed(line: String, words: String) {
    let error = #expect(throws: AccessRules.BadLine.self) { try AccessRules(parsing: "# rules\n\(line)\nallow node/* * *") }
    #expect(error?.line == 2 && error?.why.contains(words) == true, "\(error?.description ?? "")")
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
