// What a loop says of its links. Made when somebody asks, so that nobody pays for it who does not.
import TroupeNet

/// The links of one loop, and what they hold together.
public struct PeersReport: Sendable, Hashable {
  /// Those that were dialled first, by peer; then those that were accepted. At most `Peers.reportedLinks`.
  public var links: [LinkReport] = []
  /// Links that are not listed.
  public var leftOut = 0
  /// Open and opening links that others have dialled.
  public var accepted = 0
  /// The longest that calls which came within the last second have waited on their way.
  public var queueDelay: Duration = .zero
  /// Bytes that large calls which are still arriving have announced, of `MessageBudget.limit`.
  public var arrivingBytes = 0
}

extension Peers {
  /// More links of one loop are counted and not listed: a report of thousands would hold up the calls on them.
  public static let reportedLinks = 1_024

  public func report() -> PeersReport {
    let now = loop.now
    var report = PeersReport()
    report.accepted = accepted.count
    report.arrivingBytes = budget.taken
    let links = all.flatMap(\.everyLink) + seeds.values.filter { !$0.hasEnded } + accepted.values.filter { !$0.hasEnded }
    let listed = links.prefix(Self.reportedLinks)
    report.leftOut = links.count - listed.count
    report.queueDelay = links.reduce(.zero) { max($0, $1.recentDelay(now)) }
    // In an order of their own: a simulation must not depend on how things are hashed.
    report.links = listed.map { $0.report() }.sorted { $0.sortKey < $1.sortKey }
    return report
  }

  /// Open links of gateways, one for each process.
  public var gatewayLinks: [Link] {
    var found: [String: Link] = [:]
    for link in accepted.values where link.isOpen {
      guard let peer = link.peer, peer.role == .gateway else { continue }
      let key = "\(peer.name) \(peer.incarnation)"
      if found[key].map({ link.number < $0.number }) ?? true { found[key] = link }
    }
    return found.values.sorted { $0.number < $1.number }
  }
}

extension LinkReport {
  fileprivate var sortKey: (Int, String, Int, UInt64) { (isOutgoing ? 0 : 1, peer, peerLoop, number) }
}
