// The rules of access, worked out for each link of a loop: which methods of which kinds its peer may call, and which of them only in the
// name of a user with some role. A stage without rules has none.

final class AccessTable {
  private enum Grant {
    case all
    /// The ids of the methods that may be called; a few, so that a scan is quicker than a hash.
    case some([UInt64])
    /// The same, and those that depend on who the user is.
    case someForUsers([UInt64], [UInt64: AccessRules.Decision])
  }

  enum Verdict {
    case allowed, refused
    /// Once it is known in whose name the call is made: see `allows`.
    case dependsOnUser
  }

  /// What one peer may do, by kind, in the order of `kindIDs`.
  private struct Grants {
    let byKind: [Grant]
    /// What was said in the log already.
    var reported: Set<UInt64> = []
  }

  private let rules: AccessRules
  private let contracts: [EntityContract]
  private let kindIDs: [UInt32]
  private var byLink: [ObjectIdentifier: Grants] = [:]
  /// Frames arrive link by link, so the last one is nearly always the next.
  private var last: (link: Link, byKind: [Grant])?

  init?(_ rules: AccessRules, _ registry: Registry) {
    if rules.allowEverything { return nil }
    self.rules = rules
    contracts = registry.contracts
    kindIDs = contracts.map { kindID($0.kind) }
  }

  @inline(__always)
  func verdict(_ link: Link, _ kind: UInt32, _ method: UInt64) -> Verdict {
    if let last, last.link === link { return Self.verdict(last.byKind, kindIDs, kind, method) }
    return verdictAfterLookUp(link, kind, method)
  }

  @inline(never)
  private func verdictAfterLookUp(_ link: Link, _ kind: UInt32, _ method: UInt64) -> Verdict {
    let grants = byLink[ObjectIdentifier(link)] ?? workOut(link)
    last = (link, grants.byKind)
    return Self.verdict(grants.byKind, kindIDs, kind, method)
  }

  @inline(__always)
  private static func verdict(_ grants: [Grant], _ kinds: [UInt32], _ kind: UInt32, _ method: UInt64) -> Verdict {
    for index in kinds.indices where kinds[index] == kind {
      switch grants[index] {
      case .all: return .allowed
      case .some(let methods): return methods.contains(method) ? .allowed : .refused
      case .someForUsers(let methods, let decisions):
        return methods.contains(method) ? .allowed : decisions[method] == nil ? .refused : .dependsOnUser
      }
    }
    return .refused
  }

  /// For what depends on the user: whether this one may.
  @inline(never)
  func allows(_ link: Link, _ kind: UInt32, _ method: UInt64, _ user: CallerIdentity?) -> Bool {
    decision(link, kind, method)?.allows(user) ?? false
  }

  private func decision(_ link: Link, _ kind: UInt32, _ method: UInt64) -> AccessRules.Decision? {
    guard let index = kindIDs.firstIndex(of: kind), case .someForUsers(_, let decisions)? = byLink[ObjectIdentifier(link)]?.byKind[index]
    else { return nil }
    return decisions[method]
  }

  private func workOut(_ link: Link) -> Grants {
    guard let peer = link.peer else { return Grants(byKind: contracts.map { _ in .some([]) }) }
    let grants = Grants(
      byKind: contracts.map { contract in
        let methods = contract.methods + [.deletion]
        let decisions = methods.map { rules.decision(on: $0, of: contract.kind, role: peer.role.word, name: peer.name) }
        let allowed = zip(methods, decisions).filter { $1.always == true }.map(\.0.id)
        if allowed.count == methods.count { return .all }
        let open = zip(methods, decisions).filter { $1.always == nil }
        // A stream was opened by a method that may be called; its ticket is as good as that.
        let pulls = allowed.isEmpty && open.isEmpty ? [] : [SystemMethod.pull, SystemMethod.close]
        if open.isEmpty { return .some(allowed + pulls) }
        return .someForUsers(allowed + pulls, Dictionary(uniqueKeysWithValues: open.map { ($0.id, $1) }))
      })
    byLink[ObjectIdentifier(link)] = grants
    return grants
  }

  /// Why, in a sentence, and whether it is said for the first time on this link.
  func refusal(_ link: Link, _ kind: Kind, _ method: UInt64) -> (sentence: String, isNew: Bool) {
    let name = (kind.contract.methods + [.deletion]).first { $0.id == method }?.name ?? String(method, radix: 16)
    let isNew = byLink[ObjectIdentifier(link)]?.reported.insert(method).inserted ?? false
    let peer = link.peer.map { "\($0.role.word) \($0.name)" } ?? "this peer"
    let demands = decision(link, kind.id, method)?.demands.filter(\.isAllowed).map { "\($0.user)" } ?? []
    let missing = demands.isEmpty ? "" : " for a user without \(demands.joined(separator: " or "))"
    return ("\(peer) may not call \(kind.name).\(name)\(missing) by the access rules of this node", isNew)
  }

  func forget(_ link: Link) {
    byLink[ObjectIdentifier(link)] = nil
    if last?.link === link { last = nil }
  }
}
