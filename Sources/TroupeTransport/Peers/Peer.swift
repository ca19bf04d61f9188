// One peer as a loop sees it: where its loops listen, and the link to each of them.
import TroupeNet

/// A handle on a peer, to be kept by whoever calls it often: finding the link is then an array access.
public final class Peer {
  public let name: String
  /// One address for each loop of the peer.
  @exclusivity(unchecked) public internal(set) var addresses: [SocketAddress]
  private let peers: Peers
  private let loop: any EventLoop
  /// Read and replaced as a whole, on the loop alone: two accesses cannot overlap, so none is checked.
  @exclusivity(unchecked) private var mark = LaneMark()
  /// One for each loop, and the control link behind them. Looked at with each call, as `addresses`; whoever changes them calls nobody meanwhile, so no two accesses overlap.
  @exclusivity(unchecked) private var links: [Link?]
  /// Second links, for hedged calls.
  private var spares: [Link?]
  private var backoffs: [Backoff]
  private var notBefore: [Instant]
  /// The pool has forgotten it: handles that are still around get nothing any more.
  private var isRetired = false

  init(name: String, addresses: [SocketAddress], peers: Peers) {
    self.name = name
    self.addresses = addresses
    self.peers = peers
    loop = peers.loop
    links = Array(repeating: nil, count: addresses.count + 1)
    spares = links
    backoffs = Array(repeating: Backoff(), count: addresses.count + 1)
    notBefore = Array(repeating: Instant(nanoseconds: 0), count: addresses.count + 1)
  }

  public var loopCount: Int { addresses.count }

  /// Where a caller last found what it knows of its calls to this peer, if that was for this kind; negative if not. A place to keep it
  /// and no more: every call asks, and nothing here looks at it. A function, for other modules would check each access to a field.
  public func lane(of kind: UInt32) -> Int32 { mark.kind == kind ? mark.lane : -1 }

  public func keep(_ mark: LaneMark) { self.mark = mark }

  /// The link to one of the peer's loops. There is always one; calls wait in it until it is open, and are refused when the attempt
  /// to open it fails. The next call then begins the next attempt, after a pause that grows. For a loop that the peer has not, and
  /// for a peer that was removed, it is a link that has ended.
  @inline(__always)
  public func link(toLoop index: Int) -> Link {
    if addresses.indices.contains(index), let link = links[index], link.takesCalls { return link }
    return makeLink(addresses.indices.contains(index) ? index : -1)
  }

  /// A link to the peer's first loop that carries questions and no calls: signs of life and views stand in no queue behind data.
  public var controlLink: Link {
    if !addresses.isEmpty, let link = links[addresses.count], link.takesCalls { return link }
    return makeLink(addresses.isEmpty ? -1 : addresses.count)
  }

  private func address(of index: Int) -> SocketAddress { addresses[index == addresses.count ? 0 : index] }

  /// The link to a loop when it is open; makes none.
  public func openLink(toLoop index: Int) -> Link? {
    guard addresses.indices.contains(index), let link = links[index], link.isOpen else { return nil }
    return link
  }

  /// A second link to a loop, made when it is first asked for and kept: its connection stands in no queue of the first one's, so a
  /// call gets through on it when the first is stuck.
  public func spareLink(toLoop index: Int) -> Link {
    if addresses.indices.contains(index), let link = spares[index], link.takesCalls { return link }
    let link = newLink(index)
    guard addresses.indices.contains(index), !isRetired else {
      link.close()
      return link
    }
    if let old = spares[index], !old.hasEnded { leaving.append(old) }
    spares[index] = link
    link.whenEnded = { self.spareEnded($0, index) }
    link.dial(addresses[index], security: peers.security)
    return link
  }

  private func spareEnded(_ link: Link, _ index: Int) {
    leaving.removeAll { $0 === link }
    if spares.indices.contains(index), spares[index] === link { spares[index] = nil }
  }

  /// Links that exist and have not ended.
  public var currentLinks: [Link] { (links + spares).compactMap { $0 }.filter { !$0.hasEnded } }

  /// Silence that a peer which lives does not keep: within it, it would have answered a ping.
  private static let notable = TransportLimits.pingAfter + TransportLimits.keepAliveTick * 2

  /// Whether a link to any of the peer's loops is open, and something has come over it lately.
  public func isHeard(at now: Instant) -> Bool {
    currentLinks.contains { $0.isOpen && now - $0.keepAlive.lastHeard < Self.notable }
  }

  /// The same with those that only wait for answers.
  var everyLink: [Link] { currentLinks + leaving.filter { !$0.hasEnded } }

  /// Links that take no new calls and still wait for answers.
  private var leaving: [Link] = []

  @inline(never)
  private func makeLink(_ index: Int) -> Link {
    let link = newLink(index)
    link.isControl = index == addresses.count
    guard links.indices.contains(index), !isRetired else {
      link.close()
      return link
    }
    if let old = links[index], !old.hasEnded {
      leaving.append(old)
      link.wait(behind: old)
    }
    links[index] = link
    link.whenEnded = { self.ended($0, index) }
    if notBefore[index] <= loop.now {
      link.dial(address(of: index), security: peers.security)
    } else {
      let planned = address(of: index)
      loop.schedule(after: notBefore[index] - loop.now) { [self] in
        guard !link.hasEnded else { return }
        link.dial(links.indices.contains(index) ? address(of: index) : planned, security: peers.security)
      }
    }
    return link
  }

  private func newLink(_ index: Int) -> Link {
    peers.makeLink(
      Handshake.Expectation(role: .node, name: name, loopIndex: index == addresses.count ? 0 : UInt16(clamping: index)))
  }

  private func ended(_ link: Link, _ index: Int) {
    leaving.removeAll { $0 === link }
    guard links.indices.contains(index), links[index] === link else { return }
    links[index] = nil
    if link.peer != nil { backoffs[index].reset() }
    if link.hasLeft { return }
    notBefore[index] = loop.now + backoffs[index].next(random: loop.random())
  }

  /// The peer listens elsewhere now: links that are open stay, others follow at their next attempt.
  func move(to addresses: [SocketAddress]) {
    guard addresses != self.addresses else { return }
    if addresses.count != self.addresses.count { closeLinks(.local) }
    self.addresses = addresses
    let places = 0...addresses.count
    links = places.map { links.indices.contains($0) ? links[$0] : nil }
    spares = places.map { spares.indices.contains($0) ? spares[$0] : nil }
    backoffs = places.map { _ in Backoff() }
    notBefore = places.map { _ in Instant(nanoseconds: 0) }
  }

  func retire(_ reason: CloseReason) {
    isRetired = true
    closeLinks(reason)
  }

  private func closeLinks(_ reason: CloseReason) {
    for link in currentLinks + leaving { link.close(reason) }
  }
}

/// Where a caller last found what it keeps about its calls to a peer, for one kind of entity.
public struct LaneMark: Sendable {
  let kind: UInt32
  /// Negative before there is any.
  let lane: Int32

  public init(kind: UInt32 = 0, lane: Int32 = -1) {
    self.kind = kind
    self.lane = lane
  }
}
