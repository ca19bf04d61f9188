// A type as a contract file writes it, read back.

extension WireType {
  /// `[String: Cart.Line]?`; nil when it is not written like a type, or nests deeper than values may.
  init?(contractText text: String) {
    var rest = Substring(text)
    guard let type = Self.take(&rest, depth: 0), rest.isEmpty else { return nil }
    self = type
  }

  private static func take(_ rest: inout Substring, depth: Int) -> WireType? {
    guard depth < WireLimits.maximumDepth, var type = takePlain(&rest, depth: depth) else { return nil }
    while rest.take("?") { type = .optional(type) }
    return type
  }

  private static func takePlain(_ rest: inout Substring, depth: Int) -> WireType? {
    if rest.take("[") {
      guard let first = take(&rest, depth: depth + 1) else { return nil }
      if rest.take("]") { return .array(first) }
      guard rest.take(": "), let second = take(&rest, depth: depth + 1), rest.take("]") else { return nil }
      return .dictionary(first, second)
    }
    if rest.take("Set<") {
      guard let element = take(&rest, depth: depth + 1), rest.take(">") else { return nil }
      return .set(element)
    }
    let isQuoted = rest.take("`")
    let name = String(rest.prefix { !"[]<>:?`= ".contains($0) })
    rest = rest.dropFirst(name.count)
    guard !name.isEmpty, !isQuoted || rest.take("`") else { return nil }
    return isQuoted ? .named(name) : ContractText.plainTypes[name] ?? .named(name)
  }
}

extension Substring {
  /// Whether it began with `prefix`, which is then gone.
  fileprivate mutating func take(_ prefix: String) -> Bool {
    guard hasPrefix(prefix) else { return false }
    self = dropFirst(prefix.count)
    return true
  }
}
