// Where a cluster keeps its register and logs, as a configuration says it.

/// `sqlite:<directory>`, `postgres:<connection string>`, `postgres://…`, `dynamodb:<table>` or `memory:`.
public enum StoreLocation: Hashable, Sendable {
  /// A directory that holds `register.sqlite` and `log.sqlite`.
  case sqlite(directory: String)
  /// What libpq takes: `host=… dbname=…`, or a URI. It may hold a password, which `description` hides.
  case postgres(String)
  /// A table of DynamoDB. The region is the environment's (`AWS_REGION`) unless given; so are the credentials, always. An endpoint
  /// in place of AWS's: `http://127.0.0.1:8000`.
  case dynamodb(table: String, region: String?, endpoint: String?)
  /// This process only; gone with it.
  case memory

  /// Nil for anything else.
  public init?(_ text: some StringProtocol) {
    if text == "memory:" {
      self = .memory
    } else if text.hasPrefix("sqlite:"), text.utf8.count > "sqlite:".utf8.count {
      self = .sqlite(directory: String(text.dropFirst("sqlite:".count)))
    } else if text.hasPrefix("postgres://") || text.hasPrefix("postgresql://") {
      self = .postgres(String(text))
    } else if text.hasPrefix("postgres:"), text.utf8.count > "postgres:".utf8.count {
      self = .postgres(String(text.dropFirst("postgres:".count)))
    } else if text.hasPrefix("dynamodb:"), let location = Self.dynamoDB(String(text.dropFirst("dynamodb:".count))) {
      self = location
    } else {
      return nil
    }
  }
}

extension StoreLocation: CustomStringConvertible, CustomDebugStringConvertible {
  /// To be shown and logged.
  public var description: String {
    switch self {
    case .sqlite(let directory): "sqlite:\(directory)"
    case .postgres(let conninfo):
      conninfo.contains("://") ? Secrets.hidden(inURI: conninfo) : "postgres:\(Secrets.hidden(inPairs: conninfo))"
    case .dynamodb(let table, let region, let endpoint): Self.text(table: table, region: region, endpoint: endpoint)
    case .memory: "memory:"
    }
  }

  public var debugDescription: String { description }
}
