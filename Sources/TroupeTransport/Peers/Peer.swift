// One peer as a loop sees it: where its loops listen, and the link to each of them.
import TroupeNet

/// A handle on a peer, to be kept by whoever calls it often: finding the link is then an array access.
public final class Peer {
  public let name: String
  /// One address for each loop of the peer.
  public internal(set) var addresses: [SocketAddress]
  private let peers: Peers
  private let loop: any EventLoop
  var links: [Link?]
  /// By loop of the peer.
  var renewals: [Int: LinkRenewal] = [:]
  private var backoffs: [Backoff]
  private var notBefore: [Instant]
  /// The pool has forgotten it: handles that are still around get nothing any more.
  private var isRetired = false

  init(name: String, addresses: [SocketAddress], peers: Peers) {
    self.name = name
    self.addresses = addresses
    self.peers = peers
    loop = peers.loop
    links = Array(repeating: nil, count: addresses.count)
    backoffs = Array(repeating: Backoff(), count: addresses.count)
    notBefore = Array(repeating: Instant(nanoseconds: 0), count: addresses.count)
  }

  public var loopCount: Int { addresses.count }

  /// The link to one of the peer's loops. There is always one; calls wait in it until it is open, and are refused when the attempt
  /// to open it fails. The next call then begins the next attempt, after a pause that grows. For a loop that the peer has not, and
  /// for a peer that was removed, it is a link that has ended.
  @inline(__always)
  public func link(toLoop index: Int) -> Link {
    if links.indices.contains(index), let link = links[index], !link.hasEnded { return link }
    return makeLink(index)
  }

  /// The link to a loop when it is open; makes none.
  public func openLink(toLoop index: Int) -> Link? {
    guard links.indices.contains(index), let link = links[index], link.isOpen else { return nil }
    return link
  }

  /// Links that exist and have not ended, those that take another's place included.
  public var currentLinks: [Link] {
    var found = links.compactMap { $0 }
    for (_, renewal) in renewals.sorted(by: { $0.key < $1.key }) {
      for link in [renewal.old, renewal.successor] where !found.contains(where: { $0 === link }) { found.append(link) }
    }
    return found.filter { !$0.hasEnded }
  }

  @inline(never)
  private func makeLink(_ index: Int) -> Link {
    let link = peers.makeLink(expectation(index))
    guard links.indices.contains(index), !isRetired else {
      link.close()
      return link
    }
    install(link, index)
    if notBefore[index] <= loop.now {
      link.dial(addresses[index], security: peers.security)
    } else {
      let planned = addresses[index]
      loop.schedule(after: notBefore[index] - loop.now) { [self] in
        guard !link.hasEnded else { return }
        link.dial(addresses.indices.contains(index) ? addresses[index] : planned, security: peers.security)
      }
    }
    return link
  }

  private func expectation(_ index: Int) -> Handshake.Expectation {
    Handshake.Expectation(role: .node, name: name, loopIndex: UInt16(clamping: index))
  }

  /// A second link to a loop, that no call uses yet.
  func dialAnew(_ index: Int) -> Link {
    let link = peers.makeLink(expectation(index))
    link.dial(addresses[index], security: peers.security)
    return link
  }

  /// Calls to a loop go over this link from now on.
  func install(_ link: Link, _ index: Int) {
    links[index] = link
    link.whenEnded = { self.ended($0, index) }
  }

  private func ended(_ link: Link, _ index: Int) {
    guard links.indices.contains(index), links[index] === link else { return }
    links[index] = nil
    if link.peer != nil { backoffs[index].reset() }
    notBefore[index] = loop.now + backoffs[index].next(random: loop.random())
  }

  /// The peer listens elsewhere now: links that are open stay, others follow at their next attempt.
  func move(to addresses: [SocketAddress]) {
    guard addresses != self.addresses else { return }
    if addresses.count != self.addresses.count { closeLinks(.local) }
    self.addresses = addresses
    links = Array(addresses.indices.map { links.indices.contains($0) ? links[$0] : nil })
    backoffs = Array(repeating: Backoff(), count: addresses.count)
    notBefore = Array(repeating: Instant(nanoseconds: 0), count: addresses.count)
  }

  func retire(_ reason: CloseReason) {
    isRetired = true
    closeLinks(reason)
  }

  private func closeLinks(_ reason: CloseReason) {
    for link in currentLinks { link.close(reason) }
  }
}
