// Where a cluster keeps its register and logs, as a configuration says it.

/// `sqlite:<directory>` or `memory:`.
public enum StoreLocation: Hashable, Sendable {
  /// A directory that holds `register.sqlite` and `log.sqlite`.
  case sqlite(directory: String)
  /// This process only; gone with it.
  case memory

  /// Nil for anything else.
  public init?(_ text: some StringProtocol) {
    if text == "memory:" {
      self = .memory
    } else if text.hasPrefix("sqlite:"), text.utf8.count > "sqlite:".utf8.count {
      self = .sqlite(directory: String(text.dropFirst("sqlite:".count)))
    } else {
      return nil
    }
  }
}

extension StoreLocation: CustomStringConvertible {
  public var description: String {
    switch self {
    case .sqlite(let directory): "sqlite:\(directory)"
    case .memory: "memory:"
    }
  }
}
