// A connection string as libpq reads it, with what we want where it says nothing.
import CPostgres
import Glibc
import TroupeJournal

struct Conninfo: Sendable {
  private(set) var options: [(keyword: String, value: String)]

  /// - Only a server that writes will do: a standby that is named too is passed over.
  /// - A connection that is dead is found in seconds, and not in the kernel's quarter of an hour.
  /// - No search for Kerberos tickets, unless it is asked for.
  private static let defaults = [
    ("client_encoding", "UTF8"), ("fallback_application_name", "troupe"), ("target_session_attrs", "read-write"),
    ("gssencmode", "disable"), ("keepalives_idle", "5"), ("keepalives_interval", "2"), ("keepalives_count", "3"),
    ("tcp_user_timeout", "5000"),
  ]

  /// Throws `.invalid`. Not in libpq's words, which quote what it stumbled over: that may be half a password.
  init(_ text: String) throws(StoreError) {
    guard let parsed = PQconninfoParse(text, nil) else {
      throw .invalid("the connection string cannot be read: write host=… dbname=… user=…, or postgres://user@host/database")
    }
    defer { PQconninfoFree(parsed) }
    options = []
    var option = parsed
    while let keyword = option.pointee.keyword {
      if let value = option.pointee.val { options.append((String(cString: keyword), String(cString: value))) }
      option += 1
    }
    for (keyword, value) in Self.defaults where self[keyword] == nil { options.append((keyword, value)) }
  }

  subscript(keyword: String) -> String? { options.first { $0.keyword == keyword }?.value }

  /// To be shown.
  var place: String {
    let host = self["host"] ?? self["hostaddr"] ?? "the local socket"
    return "PostgreSQL at \(host)\(self["port"].map { ":\($0)" } ?? "")"
  }

  /// The hosts whose names must be looked up: libpq would do so on the loop's thread. Empty when addresses are given, or sockets.
  var hostsToResolve: [String] {
    guard self["hostaddr"] == nil, let host = self["host"] else { return [] }
    let hosts = host.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    return hosts.contains { $0.isEmpty || $0.hasPrefix("/") || $0.hasPrefix("@") } ? [] : hosts
  }

  /// With an address for each host; the names stay for the certificate.
  func at(_ addresses: [String]) -> Conninfo {
    var copy = self
    if !addresses.isEmpty { copy.options.append(("hostaddr", addresses.joined(separator: ","))) }
    return copy
  }

  func with(_ keyword: String, _ value: String) -> Conninfo {
    var copy = self
    if copy[keyword] == nil { copy.options.append((keyword, value)) }
    return copy
  }

  /// Lends the null-terminated arrays that `PQconnect…Params` take.
  func withArrays<Result>(
    _ body: (UnsafePointer<UnsafePointer<CChar>?>, UnsafePointer<UnsafePointer<CChar>?>) -> Result
  ) -> Result {
    let keywords = options.map { strdup($0.keyword) }, values = options.map { strdup($0.value) }
    defer { for text in keywords + values { free(text) } }
    let (first, second) = (keywords.map { UnsafePointer($0) } + [nil], values.map { UnsafePointer($0) } + [nil])
    return first.withUnsafeBufferPointer { first in
      second.withUnsafeBufferPointer { second in body(first.baseAddress!, second.baseAddress!) }
    }
  }
}
