// Who a side of a link is, in its own words. Believed only as far as the certificate says the same.
import TroupeNet

/// What a certificate's holder may be in a cluster.
public enum PeerRole: UInt8, Sendable, CaseIterable {
  case node = 1
  case gateway = 2
  case `operator` = 3

  /// The word in the certificate's name: `spiffe://<cluster>/<word>/<name>`.
  public var word: String {
    switch self {
    case .node: "node"
    case .gateway: "gateway"
    case .operator: "operator"
    }
  }
}

/// Everything that a HELLO says.
public struct HelloInfo: Hashable, Sendable {
  /// What this version of the code speaks.
  public static let spokenVersions: ClosedRange<UInt16> = 1...1

  /// The cluster's name, which is also the trust domain of its certificates.
  public var cluster: String
  /// The node's id, or the client's name.
  public var name: String
  public var role: PeerRole
  /// One life of one process: a restart has another.
  public var incarnation: UInt64
  /// Which loop of its process this end is on, and how many there are.
  public var loopIndex: UInt16
  public var loopCount: UInt16
  /// The largest frame that this side takes.
  public var maxFrame: UInt32
  /// `LinkFeatures`; bits that are unknown here are kept.
  public var features: UInt64
  public var versions: ClosedRange<UInt16>

  public init(
    cluster: String, name: String, role: PeerRole, incarnation: UInt64, loopIndex: UInt16 = 0, loopCount: UInt16 = 1,
    maxFrame: UInt32 = UInt32(TransportLimits.frame), features: UInt64 = LinkFeatures.known.rawValue,
    versions: ClosedRange<UInt16> = HelloInfo.spokenVersions
  ) {
    self.cluster = cluster
    self.name = name
    self.role = role
    self.incarnation = incarnation
    self.loopIndex = loopIndex
    self.loopCount = loopCount
    self.maxFrame = maxFrame
    self.features = features
    self.versions = versions
  }

  /// What the certificate must say; `nil` when the name cannot stand in one.
  public var identity: PeerIdentity? { PeerIdentity(trustDomain: cluster, role: role.word, name: name) }
}
