// Connection strings without their passwords. Cautious: what it cannot read it hides.

enum Secrets {
  private static let shown = "***"

  /// `scheme://user:password@host/database?option=value&…`
  static func hidden(inURI text: String) -> String {
    guard let scheme = text.firstRange(of: "://") else { return shown }
    let rest = text[scheme.upperBound...]
    // A password may hold what should have been escaped: the last @ before the first ? ends it.
    let query = rest.firstIndex(of: "?") ?? rest.endIndex
    var authority = String(rest[..<query])
    if rest.contains("@"), !authority.contains("@") { return text[..<scheme.upperBound] + shown }
    if let at = authority.lastIndex(of: "@"), let colon = authority[..<at].firstIndex(of: ":") {
      authority.replaceSubrange(authority.index(after: colon)..<at, with: shown)
    }
    let options = rest[query...].dropFirst().split(separator: "&").map { option in
      isSecret(option.prefix { $0 != "=" }) ? "\(option.prefix { $0 != "=" })=\(shown)" : String(option)
    }
    return text[..<scheme.upperBound] + authority + (options.isEmpty ? "" : "?" + options.joined(separator: "&"))
  }

  /// `keyword=value keyword='value'`: everything behind a password's keyword is hidden, for where it ends depends on its quotes.
  static func hidden(inPairs text: String) -> String {
    for index in text.indices where isSecret(text[index...].prefix { $0.isLetter }) {
      let isWord = index == text.startIndex || !text[text.index(before: index)].isLetter
      if isWord { return text[..<index] + text[index...].prefix { $0.isLetter } + "=\(shown)" }
    }
    return text
  }

  private static func isSecret(_ keyword: some StringProtocol) -> Bool {
    let keyword = keyword.lowercased()
    return keyword == "password" || keyword == "sslpassword"
  }
}
