// What a node needs to know about itself before it starts.

/// A node's place in its cluster. `validate()` says in one sentence what cannot be.
public struct NodeConfiguration: Sendable {
  /// The cluster's name, and the trust domain of its certificates. Nodes of another cluster are refused.
  public var cluster: String
  /// This node's name: unique in the cluster, the same after a restart, and equal to the name in its certificate.
  public var id: String
  /// The numeric address that it listens on, and that others reach it at unless `advertise` says otherwise. Default: loopback.
  public var host: String
  /// Loop `i` listens on `port + i`; 0 takes free ports, which others learn from the view.
  public var port: Int
  /// Where others reach it, one address for each loop in their order, when that is not where it listens: behind a port mapping, a proxy
  /// or a translated address. It stands in the view, so a change takes a restart. Whoever cannot reach the node there cannot call its
  /// entities; as long as it beats, nobody buries it for that. Default: empty, where it listens.
  public var advertise: [SocketAddress]
  /// Event loops, one a core that the node may use. Default 1.
  public var loops: Int
  /// Keeps loop `i` on the `i`-th core that the process may use. Worth it where the cores are the node's alone; where others run
  /// too, a pinned loop cannot step aside. Default false.
  public var pinsLoops: Bool
  /// Where it stands, for placement that spreads over zones.
  public var zone: String
  /// Its share of the shards beside the others'. Default 1.
  public var weight: Int
  /// The application's version, of at most 128 bytes: operators see it in `status`, and can place a share of the shards on it.
  public var version: String
  /// Certificate, key and roots; nil speaks plain TCP and is for tests alone.
  public var tls: TLSContext?
  /// Shards of a cluster that this node creates; fixed for the cluster's life. Default 1,024.
  public var shardCount: Int
  /// How long an entity stays in memory without a call. Shorter saves memory, longer saves reads. Default 10 minutes.
  public var idleAfter: Duration
  /// Who may call what here. Default: every peer that the certificates admit, everything.
  public var access = AccessRules.everything
  /// Which end users' identities count. Default: any name that a caller says.
  public var identities = IdentityPolicy.unsigned
  /// How long its links live, what they bear and offer, and which of them compress.
  public var links = LinkPolicy()
  /// How often the files behind `tls` are looked at; what changed is taken a look later. Nil: only by `reloadCertificates()`.
  /// Default 2 s.
  public var certificatesEvery: Duration? = .seconds(2)
  /// When its loops refuse calls because they cannot keep up.
  public var overload = OverloadPolicy()
  /// Whether bulk calls give way to others; see `EntityRef.bulk`. With false they are as any other, and callers are not asked to say
  /// which are bulk.
  public var priorities = true
  /// How much of a log may stand in no snapshot.
  public var snapshots = SnapshotPolicy()
  /// Where records go before the logs let go of them, and where consumers that begin anew find them. Nil: what neither recovery nor a consumer
  /// needs is removed.
  public var archive: (any RecordArchive)?
  /// By kind: how many cases of its event may be recorded, at most. A new version that is started with the old version's number can be rolled
  /// back even after the last old node has gone; taken away, with a restart, when nobody will. Default: none, and new cases are recorded as
  /// soon as every member of the view knows them.
  public var heldBackEvents: [String: Int] = [:]
  /// When shards are moved because of what they cost. The active node with the lowest id decides for all, by its own policy. Nil: this node never
  /// does. Default: a node that takes a quarter more than the mean for half a minute, and at least 0.2 cores.
  public var balance: BalancePolicy? = BalancePolicy()
  /// How long an entity is left alone whose calls ended the processes that ran them.
  public var quarantine = QuarantinePolicy()
  /// How long one turn may hold its loop: an async one until it first waits. Past it the watchdog names entity and call, and ends the process
  /// as a trap would, since nothing else can end a turn; time in which the loop had no core does not count. Nil: a turn that never ends is
  /// found only by the node's silence. 100 ms or more. Default 1 s.
  public var turnLimit: Duration? = .seconds(1)
  /// How long `start` waits for the store and the other members. Default 30 s.
  public var startLimit: Duration
  /// Retries, breakers and hedges of the calls that this node's code and entities make.
  public var calls: CallPolicy
  /// Who hears of sampled calls and turns. Default: nobody.
  public var tracer: (any CallTracer)?

  public init(
    cluster: String, id: String, host: String = "127.0.0.1", port: Int = 0, advertise: [SocketAddress] = [], loops: Int = 1,
    pinsLoops: Bool = false, zone: String = "", weight: Int = 1, version: String = "", tls: TLSContext? = nil, shardCount: Int = 1_024,
    idleAfter: Duration = .seconds(600), startLimit: Duration = .seconds(30), calls: CallPolicy = CallPolicy()
  ) {
    self.cluster = cluster
    self.id = id
    self.host = host
    self.port = port
    self.advertise = advertise
    self.loops = loops
    self.pinsLoops = pinsLoops
    self.zone = zone
    self.weight = weight
    self.version = version
    self.tls = tls
    self.shardCount = shardCount
    self.idleAfter = idleAfter
    self.startLimit = startLimit
    self.calls = calls
  }

  public func validate() throws(StartError) {
    if let refusal = balance?.refusal { throw .invalid(refusal) }
    guard (1...63).contains(cluster.utf8.count) else { throw .invalid("a cluster's name has 1 to 63 bytes") }
    guard (1...63).contains(id.utf8.count) else { throw .invalid("a node's id has 1 to 63 bytes") }
    guard (1...256).contains(loops) else { throw .invalid("a node has 1 to 256 loops, not \(loops)") }
    guard (0...65_535).contains(port), port == 0 || port + loops <= 65_536 else {
      throw .invalid("port \(port) and \(loops) loops do not fit under 65,536")
    }
    guard advertise.isEmpty || advertise.count == loops else {
      throw .invalid("a node of \(loops) loops advertises as many addresses, not \(advertise.count)")
    }
    if let bad = advertise.first(where: { $0.port == 0 }) {
      throw .invalid("\(bad) cannot be advertised: others need to know the port")
    }
    guard (1...View.shardLimit).contains(shardCount) else {
      throw .invalid("a cluster has 1 to \(View.shardLimit) shards, not \(shardCount)")
    }
    guard version.utf8.count <= Trial.versionLimit else { throw .invalid("a version's name has at most \(Trial.versionLimit) bytes") }
    guard (0...Member.weightLimit).contains(weight) else { throw .invalid("a weight is 0 to \(Member.weightLimit), not \(weight)") }
    try calls.validate()
    if let refusal = snapshots.refusal { throw .invalid(refusal) }
    if let refusal = quarantine.refusal { throw .invalid(refusal) }
    if let refusal = links.refusal { throw .invalid(refusal) }
    if let certificatesEvery, certificatesEvery < .milliseconds(10) { throw .invalid("files are looked at every 10 ms at the most") }
    if let turnLimit, turnLimit < .milliseconds(100) { throw .invalid("a turn may take at least 100 ms, not \(turnLimit)") }
    guard idleAfter >= .seconds(1) else { throw .invalid("an entity stays in memory for at least a second") }
  }
}

extension NodeConfiguration {
  /// What the view says of a node that listens on these.
  func reachable(listeningOn addresses: [String]) -> [String] {
    advertise.isEmpty ? addresses : advertise.map(\.description)
  }
}

/// Why a node or a client did not start. Nothing of it is left running.
public enum StartError: Error, Sendable, CustomStringConvertible {
  case invalid(String)
  case cannotListen(String)
  case store(String)
  case cluster(String)

  public var description: String {
    switch self {
    case .invalid(let text), .cannotListen(let text), .store(let text), .cluster(let text): text
    }
  }
}

extension NodeConfiguration {
  /// What its links offer their peers.
  var features: UInt64 {
    let all = identities.features
    return priorities ? all : all & ~LinkFeatures.bulk.rawValue
  }
}
