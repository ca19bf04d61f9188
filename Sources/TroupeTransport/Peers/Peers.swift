// All links of one loop: those that it has dialled, by peer, and those that it has accepted.
import TroupeNet

/// The pool of links of one event loop; lives on it.
///
/// Links to peers are made when they are first needed, one to each loop of each peer, and again after they ended when somebody
/// calls. Links that were accepted only carry what their callers ask: each side calls over links that it dialled itself.
/// Pool and delegate hold each other until `close`.
public final class Peers {
  public let loop: any EventLoop
  public let local: HelloInfo
  let security: TLSContext?
  // What the last look through the links has found; see `Peers+Inspection`.
  var inspected: [ObjectIdentifier: Inspected] = [:]
  var inspectedDenials = 0
  var inspection: LoopTimer?
  /// Until `close`.
  private var delegate: (any LinkDelegate)?
  private var byName: [String: Peer] = [:]
  /// By a number of their own, and used in its order: a simulation must not depend on how things are hashed.
  private(set) var accepted: [UInt64: Link] = [:]
  private(set) var seeds: [SocketAddress: Link] = [:]
  private var nextNumber: UInt64 = 0
  private var isClosed = false
  let budget = MessageBudget()
  let policy: LinkPolicy
  /// Whose end users' identities count; nil where any name does.
  public let checker: IdentityChecker?

  /// - Parameter local: what this loop says of itself in a HELLO: its index is part of it.
  public init(
    loop: any EventLoop, local: HelloInfo, security: TLSContext?, policy: LinkPolicy = LinkPolicy(),
    checker: IdentityChecker? = nil, delegate: any LinkDelegate
  ) {
    self.checker = checker
    self.policy = policy
    self.loop = loop
    var local = local
    local.features &= policy.features.rawValue
    self.local = local
    self.security = security
    self.delegate = delegate
  }

  // MARK: Peers

  /// Makes a peer known, or says where it listens now: one address for each of its loops.
  @discardableResult
  public func set(_ name: String, addresses: [SocketAddress]) -> Peer {
    if let peer = byName[name] {
      peer.move(to: addresses)
      return peer
    }
    let peer = Peer(name: name, addresses: addresses, peers: self)
    byName[name] = peer
    return peer
  }

  /// Forgets a peer and closes the links to it; calls on them end as `.connectionLost`.
  public func remove(_ name: String, _ reason: CloseReason = .local) {
    byName.removeValue(forKey: name)?.retire(reason)
  }

  public func peer(_ name: String) -> Peer? { byName[name] }

  /// In the order of their names.
  public var all: [Peer] { byName.values.sorted { $0.name < $1.name } }

  /// A link to whoever listens at an address, for those who know nothing else yet: the one that is there, or else a new one.
  ///
  /// - Parameter role: who must answer; `nil` lets any role.
  public func seed(_ address: SocketAddress, role: PeerRole? = .node) -> Link {
    if let link = seeds[address], !link.hasEnded { return link }
    let link = makeLink(Handshake.Expectation(role: role))
    guard !link.hasEnded else { return link }
    seeds[address] = link
    link.whenEnded = { ended in if self.seeds[address] === ended { self.seeds[address] = nil } }
    link.dial(address, security: security)
    return link
  }

  func makeLink(_ expecting: Handshake.Expectation) -> Link {
    let link = Link.calling(
      on: loop, local: local, expecting: expecting, needsCertificate: security != nil, budget: budget, policy: policy,
      checker: checker, delegate: delegate)
    nextNumber += 1
    link.number = nextNumber
    if isClosed { link.close() } else { planInspection() }
    return link
  }

  // MARK: Accepting

  /// Listens; every connection becomes a link, or is refused when `TransportLimits.acceptedLinks` are open.
  public func listen(on address: SocketAddress) throws(NetError) -> any Listener {
    try loop.listen(on: address, security: security) { self.accept($0) }
  }

  /// The link for a connection that a listener of this loop has accepted; `nil` refuses it.
  public func accept(_ connection: any Connection) -> (any ConnectionHandler)? {
    guard accepted.count < TransportLimits.acceptedLinks, !isClosed, let delegate else { return nil }
    let link = Link.accepting(
      on: loop, local: local, needsCertificate: security != nil, budget: budget, policy: policy, checker: checker, delegate: delegate)
    nextNumber += 1
    let number = nextNumber
    link.number = number
    accepted[number] = link
    planInspection()
    link.whenEnded = { _ in _ = self.accepted.removeValue(forKey: number) }
    return link
  }

  /// Links that others have made to this loop and that are open.
  public var acceptedLinks: [Link] { inOrder.filter { $0.isOpen && !$0.isOutgoing } }

  // MARK: All links

  /// Tells everybody linked here that a view with this epoch exists.
  public func announce(epoch: UInt64) {
    for link in openLinks { link.announce(epoch: epoch) }
  }

  /// Ends every link, for good: links that are asked for afterwards have ended before they begin.
  public func close(_ reason: CloseReason = .local) {
    isClosed = true
    for peer in all { peer.retire(reason) }
    for link in inOrder { link.close(reason) }
    byName = [:]
    inspection?.cancel()
    inspected = [:]
    delegate = nil
  }

  public var openLinks: [Link] {
    (all.flatMap(\.currentLinks) + inOrder).filter(\.isOpen)
  }

  /// The same with those that take no new calls and only wait for answers.
  public var answeringLinks: [Link] { everyLink.filter(\.isOpen) }

  /// Those that are not open yet, and those that only wait for answers, included.
  var everyLink: [Link] { all.flatMap(\.everyLink) + inOrder.filter { !$0.hasEnded } }

  /// Links to nobody in particular.
  private var inOrder: [Link] {
    accepted.sorted { $0.key < $1.key }.map(\.value) + seeds.sorted { $0.key.description < $1.key.description }.map(\.value)
  }
}
