// The rules of access, worked out for each link of a loop: which methods of which kinds its peer may call. A stage without rules
// has none.

final class AccessTable {
  private enum Grant {
    case all
    /// The ids of the methods that may be called; a few, so that a scan is quicker than a hash.
    case some([UInt64])
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
  func allows(_ link: Link, _ kind: UInt32, _ method: UInt64) -> Bool {
    if let last, last.link === link { return Self.allows(last.byKind, kindIDs, kind, method) }
    return allowsAfterLookUp(link, kind, method)
  }

  @inline(never)
  private func allowsAfterLookUp(_ link: Link, _ kind: UInt32, _ method: UInt64) -> Bool {
    let grants = byLink[ObjectIdentifier(link)] ?? workOut(link)
    last = (link, grants.byKind)
    return Self.allows(grants.byKind, kindIDs, kind, method)
  }

  @inline(__always)
  private static func allows(_ grants: [Grant], _ kinds: [UInt32], _ kind: UInt32, _ method: UInt64) -> Bool {
    for index in kinds.indices where kinds[index] == kind {
      switch grants[index] {
      case .all: return true
      case .some(let methods): return methods.contains(method)
      }
    }
    return false
  }

  private func workOut(_ link: Link) -> Grants {
    guard let peer = link.peer else { return Grants(byKind: contracts.map { _ in .some([]) }) }
    let grants = Grants(
      byKind: contracts.map { contract in
        let methods = contract.methods + [.deletion]
        let allowed = methods.filter { rules.allows($0, of: contract.kind, role: peer.role.word, name: peer.name) }
        if allowed.count == methods.count { return .all }
        // A stream was opened by a method that may be called; its ticket is as good as that.
        return .some(allowed.map(\.id) + (allowed.isEmpty ? [] : [SystemMethod.pull, SystemMethod.close]))
      })
    byLink[ObjectIdentifier(link)] = grants
    return grants
  }

  /// Why, in a sentence, and whether it is said for the first time on this link.
  func refusal(_ link: Link, _ kind: Kind, _ method: UInt64) -> (sentence: String, isNew: Bool) {
    let name = (kind.contract.methods + [.deletion]).first { $0.id == method }?.name ?? String(method, radix: 16)
    let isNew = byLink[ObjectIdentifier(link)]?.reported.insert(method).inserted ?? false
    let peer = link.peer.map { "\($0.role.word) \($0.name)" } ?? "this peer"
    return ("\(peer) may not call \(kind.name).\(name) by the access rules of this node", isNew)
  }

  func forget(_ link: Link) {
    byLink[ObjectIdentifier(link)] = nil
    if last?.link === link { last = nil }
  }
}
