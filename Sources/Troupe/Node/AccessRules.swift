// Who may call what: rules over a peer's identity, a kind and a method. Values, read from a text; `AccessTable` asks them.

/// Rules by which a node lets peers call its entities, looked at before arguments are read or an entity comes to life.
///
/// ```
/// # who          kind      method
/// allow node/*     *         *
/// deny  gateway/*  ledger    @commands
/// allow gateway/*  *         *
/// allow operator/* cart      contents
/// ```
/// with a fifth word where the end user matters, in whose name a call is made:
/// ```
/// allow gateway/*  cart      clear      user:support
/// deny  gateway/*  cart      clear
/// ```
/// One rule a line: `allow` or `deny`; the peer's role and name as its certificate has them, where `*` stands for any characters; a
/// kind's name or `*`; a method's name, `@queries`, `@commands` or `*`. **The first rule that fits decides, and what none fits is
/// refused.** A rule with `user:ROLE` fits only what is done in the name of a user who has that role, and `user:*` what is done in the name of
/// any; the node must take signed identities alone (`NodeConfiguration.identities`), for others have no roles. Such rules are for gateways and
/// operators: what entities of one node call each other is never asked about, and so must not be asked about between nodes. `delete` names the deletion of an entity. What follows a `#` counts for nothing.
///
/// Rules hold for calls that arrive over links. Entities of one node call each other without being asked, and any node may be where an
/// entity is: a rule against a node's name bars whatever runs there.
public struct AccessRules: Hashable, Sendable {
  /// Every peer that the certificates admit, be it a node, a gateway or an operator, may call every method of every kind. The default.
  public static let everything = AccessRules(rules: [])

  struct Rule: Hashable, Sendable {
    let line: Int
    let isAllowed: Bool
    let role: String
    let name: String
    let kind: String
    let method: String
    /// Of the user in whose name the call is made; nil where that does not matter.
    var user: UserDemand?

    func fits(role: String, name: String) -> Bool { (self.role == "*" || self.role == role) && Self.glob(self.name[...], name[...]) }

    func fits(kind: String, method: MethodContract) -> Bool {
      guard self.kind == "*" || self.kind == kind else { return false }
      return switch self.method {
      case "*": true
      case "@queries": method.isQuery
      case "@commands": !method.isQuery
      default: self.method == method.name
      }
    }

    private static func glob(_ pattern: Substring, _ text: Substring) -> Bool {
      guard let star = pattern.firstIndex(of: "*") else { return pattern == text }
      guard text.hasPrefix(pattern[..<star]) else { return false }
      let (rest, tail) = (pattern[pattern.index(after: star)...], text.dropFirst(pattern[..<star].count))
      return tail.indices.contains { glob(rest, tail[$0...]) } || glob(rest, tail[tail.endIndex...])
    }
  }

  /// What a rule wants of an end user.
  enum UserDemand: Hashable, Sendable, CustomStringConvertible {
    case any
    case role(String)

    func isMet(by user: CallerIdentity?) -> Bool {
      guard let user, user.signed != nil else { return false }
      if case .role(let role) = self { return user.roles.contains(role) }
      return true
    }

    var description: String {
      switch self {
      case .any: "a signed user"
      case .role(let role): "the role \(role)"
      }
    }
  }

  /// Why a text holds no rules. Lines count from 1.
  public struct BadLine: Error, Hashable, Sendable, CustomStringConvertible {
    public let line: Int
    public let why: String
    public var description: String { "line \(line): \(why)" }
  }

  /// More are a mistake: each is looked at for each method of each link.
  static let limit = 10_000

  let rules: [Rule]
  var allowEverything: Bool { rules.isEmpty }

  private init(rules: [Rule]) { self.rules = rules }

  /// Refuses a text without a rule, and one under which nodes may call nothing: entities call each other over nodes' links.
  public init(parsing text: String) throws(BadLine) {
    var rules: [Rule] = []
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    for (index, line) in lines.enumerated() {
      let words = line.prefix { $0 != "#" }.split { $0 == " " || $0 == "\t" }.map(String.init)
      if words.isEmpty { continue }
      guard rules.count < Self.limit else { throw BadLine(line: index + 1, why: "there are more than \(Self.limit) rules") }
      rules.append(try Self.rule(words, line: index + 1))
    }
    guard rules.contains(where: { $0.isAllowed && ($0.role == "*" || $0.role == PeerRole.node.word) }) else {
      throw BadLine(
        line: lines.count, why: "no rule allows nodes anything, and entities call each other through them: add 'allow node/* * *'")
    }
    self.rules = rules
  }

  private static func rule(_ words: [String], line: Int) throws(BadLine) -> Rule {
    guard words.count == 4 || words.count == 5 else {
      throw BadLine(
        line: line,
        why: "a rule is 'allow' or 'deny', role/name, kind, method and perhaps user:ROLE; this line has \(words.count) words")
    }
    guard words[0] == "allow" || words[0] == "deny" else {
      throw BadLine(line: line, why: "a rule begins with 'allow' or 'deny', not \(words[0].debugDescription)")
    }
    let peer = words[1].split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard peer.count == 2, !peer[1].isEmpty, peer[0] == "*" || PeerRole.allCases.contains(where: { $0.word == peer[0] }) else {
      throw BadLine(line: line, why: "\(words[1].debugDescription) is no peer: write node/NAME, gateway/NAME, operator/NAME or */*")
    }
    if words[3].hasPrefix("@"), words[3] != "@queries", words[3] != "@commands" {
      throw BadLine(line: line, why: "\(words[3].debugDescription) is neither @queries nor @commands")
    }
    let user = words.count == 5 ? try user(words[4], of: peer[0], line: line) : nil
    return Rule(line: line, isAllowed: words[0] == "allow", role: peer[0], name: peer[1], kind: words[2], method: words[3], user: user)
  }

  private static func user(_ word: String, of role: String, line: Int) throws(BadLine) -> UserDemand {
    guard word.hasPrefix("user:"), word.count > 5 else {
      throw BadLine(line: line, why: "\(word.debugDescription) is no user: write user:ROLE or user:*")
    }
    guard role != "*", role != PeerRole.node.word else {
      throw BadLine(
        line: line, why: "a rule about users is for gateway/NAME or operator/NAME: entities of one node call each other without being asked"
      )
    }
    return word == "user:*" ? .any : .role(String(word.dropFirst(5)))
  }

  /// Whether somebody must sign in whose name calls are made, for a rule to mean anything.
  var demandsUsers: Bool { rules.contains { $0.user != nil } }

  /// A rule that names what this node has not is a mistake, and a `deny` of that sort would protect nothing.
  func check(against contracts: [EntityContract]) throws(BadLine) {
    for rule in rules where rule.kind != "*" {
      guard let contract = contracts.first(where: { $0.kind == rule.kind }) else {
        let known = contracts.map(\.kind).joined(separator: ", ")
        throw BadLine(line: rule.line, why: "this node has no kind \(rule.kind.debugDescription): it has \(known)")
      }
      if rule.method == "*" || rule.method.hasPrefix("@") || rule.method == MethodContract.deletion.name { continue }
      guard contract.methods.contains(where: { $0.name == rule.method }) else {
        throw BadLine(line: rule.line, why: "\(rule.kind) has no method \(rule.method.debugDescription)")
      }
    }
  }

  /// What remains to be asked of a call when its peer, kind and method are known: the first demand that its user meets decides, and
  /// `otherwise` when none does.
  struct Decision: Sendable {
    var demands: [(user: UserDemand, isAllowed: Bool)] = []
    var otherwise: Bool

    func allows(_ user: CallerIdentity?) -> Bool { demands.first { $0.user.isMet(by: user) }?.isAllowed ?? otherwise }

    /// Nil when it depends on the user.
    var always: Bool? { demands.allSatisfy { $0.isAllowed == otherwise } ? otherwise : nil }
  }

  func decision(on method: MethodContract, of kind: String, role: String, name: String) -> Decision {
    var decision = Decision(otherwise: allowEverything)
    for rule in rules where rule.fits(role: role, name: name) && rule.fits(kind: kind, method: method) {
      guard let user = rule.user else {
        decision.otherwise = rule.isAllowed
        break
      }
      decision.demands.append((user, rule.isAllowed))
    }
    return decision
  }
}

extension MethodContract {
  /// What every kind has beside its own.
  static let deletion = MethodContract(
    id: SystemMethod.delete, name: "delete", signature: "delete()", isQuery: false, isAsync: false, parameters: [], result: .never,
    failure: .never)
}
