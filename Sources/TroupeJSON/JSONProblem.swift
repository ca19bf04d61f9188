// What is wrong with some JSON, and where. The text is safe to show to whoever sent it: it quotes at most a few of his own
// characters and nothing of ours.

/// One thing that is wrong with a JSON text or with the value in it.
///
/// `description` reads as a sentence behind its place: `/quantity: expected a whole number, found the text "two"`.
public struct JSONProblem: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Kind: Hashable, Sendable {
    /// The bytes are not JSON, or JSON past the limits. `offset` says where.
    case malformed
    /// The JSON is well formed, and its value does not fit the contract. `pointer` says where.
    case mismatch
    /// The bytes that were to become JSON do not fit the contract: the fault of the one who wrote them, not of the reader.
    case unreadable
  }

  public let kind: Kind
  /// RFC 6901, empty for the whole text.
  public let pointer: String
  /// A sentence without its place.
  public let message: String
  /// In bytes from the beginning of the text; only when it is malformed.
  public let offset: Int?

  public init(kind: Kind, pointer: String = "", message: String, offset: Int? = nil) {
    self.kind = kind
    self.pointer = pointer
    self.message = message
    self.offset = offset
  }

  public var description: String {
    if let offset { return "byte \(offset): \(message)" }
    return pointer.isEmpty ? message : "\(pointer): \(message)"
  }

  /// The pointer to a member of the outermost object.
  public static func pointer(to name: String) -> String { JSONPath().appending(name).pointer }
}

/// Where a value stands within the whole, kept as a list while walking down and spelled out only for a problem.
struct JSONPath {
  private var steps: [String] = []

  var depth: Int { steps.count }

  func appending(_ step: some CustomStringConvertible) -> JSONPath {
    var longer = self
    longer.steps.append(step.description)
    return longer
  }

  var pointer: String { steps.map { "/" + Self.escaped($0) }.joined() }

  /// RFC 6901: "~" is written "~0" and "/" is written "~1".
  private static func escaped(_ step: String) -> String {
    var text = ""
    for scalar in step.unicodeScalars {
      switch scalar {
      case "~": text += "~0"
      case "/": text += "~1"
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text
  }

  func mismatch(_ message: String) -> JSONProblem { JSONProblem(kind: .mismatch, pointer: pointer, message: message) }
  func unreadable(_ message: String) -> JSONProblem { JSONProblem(kind: .unreadable, pointer: pointer, message: message) }
}
