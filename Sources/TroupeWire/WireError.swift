// Why bytes are not a value. Bytes come from outside, so each of these is an answer, never a trap.

/// What was wrong with the bytes. The first fault ends the reading; nothing is repaired or guessed.
public enum WireError: Error, Hashable, Sendable {
  /// The bytes end inside a value.
  case truncated
  /// A body ends before a field that every version has written.
  case missingField(String)
  /// An enum's case that this version does not know: the writer is newer.
  case unknownCase(UInt64, of: String)
  /// A string whose bytes are not UTF-8.
  case invalidUTF8
  /// A number that does not fit the type, or is written with more bytes than it needs.
  case outOfRange(String)
  /// Bytes of the right length that are no value of the type.
  case invalid(String)
  /// A key that stands twice in a dictionary or a set.
  case duplicateKey
  /// A collection that claims more elements than bytes are left, or more memory than `WireLimits` allows.
  case tooManyElements(UInt64)
  /// Bodies nested deeper than `WireLimits.maximumDepth`.
  case tooDeep
}

extension WireError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .truncated: "the bytes end inside a value"
    case .missingField(let name): "the field \(name) is missing"
    case .unknownCase(let tag, let type): "\(type) has no case number \(tag) in this version"
    case .invalidUTF8: "a string is not valid UTF-8"
    case .outOfRange(let type): "a number is not a canonical \(type)"
    case .invalid(let type): "the bytes are no \(type)"
    case .duplicateKey: "a key stands twice in a dictionary or a set"
    case .tooManyElements(let count): "a collection of \(count) elements is more than its bytes can hold"
    case .tooDeep: "values are nested deeper than \(WireLimits.maximumDepth)"
    }
  }
}
