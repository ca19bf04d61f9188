// Where to listen or connect: a host and a port, as written in a configuration. Resolving happens in the loop.

/// A host (a numeric address or a name) and a TCP port.
///
/// ```swift
/// SocketAddress("127.0.0.1:7000")   SocketAddress("[::1]:7000")   SocketAddress(host: "n1.example", port: 7000)
/// ```
public struct SocketAddress: Hashable, Sendable, CustomStringConvertible {
  /// Without brackets, also for IPv6.
  public let host: String
  public let port: Int

  public init(host: String, port: Int) {
    self.host = host
    self.port = port
  }

  /// Parses `host:port` or `[v6]:port`; `nil` when it is neither, or the port is not 0...65535.
  public init?(_ text: String) {
    guard let colon = text.lastIndex(of: ":") else { return nil }
    let digits = text[text.index(after: colon)...]
    guard let port = Int(digits), (0...65_535).contains(port), digits.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
    var host = text[..<colon]
    if host.hasPrefix("["), host.hasSuffix("]") {
      host = host.dropFirst().dropLast()
    } else if host.contains(":") {
      return nil
    }
    guard !host.isEmpty else { return nil }
    self.init(host: String(host), port: port)
  }

  public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
