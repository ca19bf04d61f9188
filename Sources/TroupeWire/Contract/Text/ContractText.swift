// Contracts as lines of text: what is committed beside the code, and what a review of a change shows. One thing a line, in an order that
// does not depend on the program's, so that a diff is the change. `ContractText+Reading` takes it back.

/// Contracts as text, and back.
///
/// ```
/// kind cart durable
///   state Cart.State
///   event Cart.Event
///   command add(_:quantity:) #5f3c0a8e21d94b77
///     - sku: String
///     - quantity: Int64 = 0x02
///     -> Cart.State
///     throws Cart.Failure
///   struct Cart.State
///     - lines: [String: Int64] = 0x00
///   enum Cart.Event
///     case cleared
/// ```
public enum ContractText {
  /// All kinds, by name; within a kind its methods by signature and its types by name.
  public static func text(of contracts: [EntityContract]) -> String {
    contracts.sorted { $0.kind < $1.kind }.map { lines(of: $0).joined(separator: "\n") + "\n" }.joined(separator: "\n")
  }

  private static func lines(of contract: EntityContract) -> [String] {
    var lines = ["kind \(contract.kind) \(contract.isDurable ? "durable" : "volatile")"]
    if let state = contract.state { lines.append("  state \(text(of: state))") }
    if let event = contract.event { lines.append("  event \(text(of: event))") }
    for method in contract.methods.sorted(by: { ($0.signature, $0.id) < ($1.signature, $1.id) }) { lines += self.lines(of: method) }
    for (name, type) in contract.types.sorted(by: { $0.key < $1.key }) {
      switch type {
      case .structure(let fields):
        lines.append("  struct \(name)")
        lines += fields.map { "    \(line(of: $0))" }
      case .enumeration(let cases):
        lines.append("  enum \(name)")
        for element in cases { lines += ["    case \(element.name)"] + element.fields.map { "      \(line(of: $0))" } }
      }
    }
    return lines
  }

  private static func lines(of method: MethodContract) -> [String] {
    var head = "  \(method.isQuery ? "query" : "command") \(method.signature) #\(hex(method.id))"
    if method.isAsync { head += " async" }
    if method.isStream { head += " stream" }
    var lines = [head] + method.parameters.map { "    \(line(of: $0))" }
    lines.append("    -> \(text(of: method.result))")
    if method.failure != .never { lines.append("    throws \(text(of: method.failure))") }
    return lines
  }

  private static func line(of field: FieldContract) -> String {
    "- \(field.name): \(text(of: field.type))" + (field.missing.map { " = 0x" + $0.map(hex).joined() } ?? "")
  }

  /// As its description says it; a declared type that has the name of one of the wire's own stands in backticks.
  static func text(of type: WireType) -> String {
    switch type {
    case .optional(let wrapped): "\(text(of: wrapped))?"
    case .array(let element): "[\(text(of: element))]"
    case .dictionary(let key, let value): "[\(text(of: key)): \(text(of: value))]"
    case .set(let element): "Set<\(text(of: element))>"
    case .named(let name): plainTypes[name] == nil ? name : "`\(name)`"
    default: type.description
    }
  }

  /// The types that are written as one word.
  static let plainTypes: [String: WireType] = {
    let types: [WireType] =
      [.nothing, .never, .bool, .fixed32, .fixed64, .float, .double, .string, .bytes, .duration, .uuid]
      + [8, 16, 32, 64].flatMap { [WireType.int($0), .uint($0)] }
    return Dictionary(uniqueKeysWithValues: types.map { ($0.description, $0) })
  }()

  private static func hex(_ byte: UInt8) -> String { padded(String(byte, radix: 16), to: 2) }
  private static func hex(_ number: UInt64) -> String { padded(String(number, radix: 16), to: 16) }
  private static func padded(_ digits: String, to count: Int) -> String { String(repeating: "0", count: count - digits.count) + digits }
}
