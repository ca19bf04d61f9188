// `dynamodb:<table>[?region=…&endpoint=…]`, in either order. No credentials: those never stand in a configuration that is shown.

extension StoreLocation {
  static func dynamoDB(_ text: String) -> StoreLocation? {
    let parts = text.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard isTableName(parts[0]) else { return nil }
    var options: [String: String] = [:]
    for option in parts.dropFirst().first?.split(separator: "&", omittingEmptySubsequences: false) ?? [] {
      let pair = option.split(separator: "=", maxSplits: 1).map(String.init)
      guard pair.count == 2, ["region", "endpoint"].contains(pair[0]), options[pair[0]] == nil else { return nil }
      options[pair[0]] = pair[1]
    }
    if let region = options["region"], !region.utf8.allSatisfy(isOfRegion) { return nil }
    // Neither a user with a password nor a path.
    if let endpoint = options["endpoint"] {
      guard let scheme = ["http://", "https://"].first(where: endpoint.hasPrefix) else { return nil }
      let host = endpoint.dropFirst(scheme.utf8.count)
      guard !host.isEmpty, !host.utf8.contains(where: { "@/?#%".utf8.contains($0) }) else { return nil }
    }
    return .dynamodb(table: parts[0], region: options["region"], endpoint: options["endpoint"])
  }

  static func text(table: String, region: String?, endpoint: String?) -> String {
    let options = [region.map { "region=\($0)" }, endpoint.map { "endpoint=\($0)" }].compactMap(\.self)
    return "dynamodb:\(table)" + (options.isEmpty ? "" : "?" + options.joined(separator: "&"))
  }

  /// DynamoDB's rule: 3 to 255 letters, digits, `_`, `-` and `.`.
  public static func isTableName(_ name: String) -> Bool {
    (3...255).contains(name.utf8.count)
      && name.utf8.allSatisfy { isLetter($0) || isDigit($0) || "_-.".utf8.contains($0) }
  }

  private static func isOfRegion(_ byte: UInt8) -> Bool { isLetter(byte) || isDigit(byte) || byte == UInt8(ascii: "-") }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
