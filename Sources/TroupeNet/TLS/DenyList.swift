// Whom nobody may talk to any more, though their certificates are valid: read from lines, asked for each certificate. Pure.

/// Peers that are refused: by name, or one certificate of theirs.
///
/// One entry a line; empty lines and what follows a `#` count for nothing:
///
/// ```
/// spiffe://shop/node/n7                       # the name, whatever certificate shows it
/// sha256 5E:88:48:98:DA:28:04:71:51:D0:...    # one certificate: openssl x509 -noout -fingerprint -sha256
/// serial 4A2B issuer CN=shop CA,O=Shop        # the same: openssl x509 -noout -serial -issuer -nameopt RFC2253
/// ```
/// A name is denied to its rightful holder too; a certificate is denied alone, so that its holder may come back with another one.
/// An entry for a certificate also holds for an intermediate CA: everything that it has signed is refused.
public struct DenyList: Hashable, Sendable {
  public enum Entry: Hashable, Sendable, CustomStringConvertible {
    case identity(PeerIdentity)
    /// SHA-256 of the certificate (DER), 64 digits in lower case.
    case fingerprint(String)
    /// The serial number in upper case without leading zeros, and the issuer's name as RFC 2253 writes it.
    case serial(String, issuer: String)

    public var description: String {
      switch self {
      case .identity(let identity): "\(identity)"
      case .fingerprint(let digits): "sha256 \(digits)"
      case .serial(let serial, let issuer): "serial \(serial) issuer \(issuer)"
      }
    }
  }

  /// Why a text is no deny-list. Lines count from 1.
  public struct BadLine: Error, Hashable, Sendable, CustomStringConvertible {
    public let line: Int
    public let why: String
    public var description: String { "line \(line): \(why)" }
  }

  public let entries: Set<Entry>
  /// Whether names alone do not answer: certificates must be looked into.
  let namesCertificates: Bool

  public init(_ entries: some Sequence<Entry> = []) {
    self.entries = Set(entries)
    namesCertificates = self.entries.contains { if case .identity = $0 { false } else { true } }
  }

  public init(parsing text: String) throws(BadLine) {
    var entries: [Entry] = []
    for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
      let content = line.prefix { $0 != "#" }
      let words = content.split { $0 == " " || $0 == "\t" }
      guard let first = words.first else { continue }
      switch Self.entry(first, Array(words.dropFirst())) {
      case .success(let entry): entries.append(entry)
      case .failure(let bad): throw BadLine(line: index + 1, why: bad.why)
      }
    }
    self.init(entries)
  }

  public var isEmpty: Bool { entries.isEmpty }

  public func union(_ other: DenyList) -> DenyList {
    other.isEmpty ? self : DenyList(entries.union(other.entries))
  }

  private struct Bad: Error {
    let why: String
  }

  private static func entry(_ first: Substring, _ rest: [Substring]) -> Result<Entry, Bad> {
    switch first {
    case "sha256":
      let digits = (rest.count == 1 ? rest[0] : "").filter { $0 != ":" }.lowercased()
      guard digits.count == 64, digits.allSatisfy(isDigit) else {
        return .failure(Bad(why: "'sha256' is followed by the 64 hexadecimal digits of a certificate's fingerprint"))
      }
      return .success(.fingerprint(digits))
    case "serial":
      guard rest.count >= 3, rest[1] == "issuer", rest[0].allSatisfy(isDigit) else {
        return .failure(Bad(why: "a serial number is written 'serial HEX issuer NAME', the name as RFC 2253 writes it"))
      }
      return .success(.serial(normal(serial: rest[0]), issuer: rest[2...].joined(separator: " ")))
    default:
      guard rest.isEmpty, let identity = PeerIdentity(String(first)) else {
        let shown = String(first.prefix(80)).debugDescription
        return .failure(Bad(why: "\(shown) is none of spiffe://<trust domain>/<role>/<name>, 'sha256 …', 'serial … issuer …'"))
      }
      return .success(.identity(identity))
    }
  }

  static func normal(serial: some StringProtocol) -> String {
    let digits = serial.uppercased().drop { $0 == "0" }
    return digits.isEmpty ? "0" : String(digits)
  }

  private static func isDigit(_ character: Character) -> Bool { character.isASCII && character.isHexDigit }
}
