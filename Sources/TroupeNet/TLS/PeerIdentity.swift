// Who a peer is: the SPIFFE name in its certificate. Parsing is pure; `TLSVerification` compares.

/// The name in a certificate, `spiffe://<trustDomain>/<role>/<name>`.
///
/// ```swift
/// PeerIdentity("spiffe://shop/node/n1")   // trustDomain "shop", role "node", name "n1"
/// ```
/// Source: SPIFFE-ID, sections 2.1 and 2.2 (characters and lengths). Our paths have exactly two segments.
public struct PeerIdentity: Hashable, Sendable, CustomStringConvertible {
  /// The cluster's name: nobody from another trust domain is believed.
  public let trustDomain: String
  /// `"node"`, `"gateway"` or `"operator"`; what a role may do is decided above.
  public let role: String
  /// The peer's name within its role.
  public let name: String

  /// The longest URI that is read, bytes (the SPIFFE limit).
  static let longest = 2_048

  /// `nil` when a part is empty or holds a character that SPIFFE does not allow.
  public init?(trustDomain: String, role: String, name: String) {
    guard Self.isTrustDomain(trustDomain), Self.isSegment(role), Self.isSegment(name) else { return nil }
    self.trustDomain = trustDomain
    self.role = role
    self.name = name
  }

  /// Parses a URI; `nil` when it is not a SPIFFE name of ours.
  public init?(_ uri: String) {
    let prefix = "spiffe://"
    guard uri.utf8.count <= Self.longest, uri.hasPrefix(prefix) else { return nil }
    let parts = uri.dropFirst(prefix.count).split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 3 else { return nil }
    self.init(trustDomain: String(parts[0]), role: String(parts[1]), name: String(parts[2]))
  }

  public var description: String { "spiffe://\(trustDomain)/\(role)/\(name)" }

  private static func isTrustDomain(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.count <= 255 && text.utf8.allSatisfy { isPlain($0) && !isUpper($0) }
  }

  private static func isSegment(_ text: String) -> Bool {
    !text.isEmpty && text != "." && text != ".." && text.utf8.allSatisfy(isPlain)
  }

  /// Letters, digits, `-`, `.` and `_`.
  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
    case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"): true
    default: isUpper(byte)
    }
  }

  private static func isUpper(_ byte: UInt8) -> Bool { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) }
}
