// What `@Entity` knows about one command or query, read from its syntax alone: everything that needs a type is left to the
// compiler, which finds it in the expansion.
import SwiftSyntax

struct EntityMethod {
  enum Failure {
    case none
    /// A plain `throws`: the entity's `Failure`.
    case ofEntity
    case typed(TypeSyntax)
  }

  let name: String
  /// What stands before the parenthesis of a call: with backticks where the name needs them.
  let spelling: String
  /// The name that the id is made of: the old one where `@Was` keeps it.
  let wireName: String
  let parameters: [MethodParameter]
  /// Nil: nothing.
  let result: TypeSyntax?
  /// Whether it returns a sequence of `result`s.
  let isStream: Bool
  let isQuery: Bool
  let isAsync: Bool
  let failure: Failure
  let documentation: String

  /// `add(_:quantity:)`: what stands in the contract, in metrics and in traces.
  var signature: String { "\(name)(\(parameters.map { $0.label.withoutBackticks + ":" }.joined()))" }

  /// 64-bit FNV-1a of `kind.name`, without the labels: a parameter appended with a default value must stay the same method
  /// for callers of both versions. Made here, so that the running program never hashes a name.
  func id(kind: String) -> String {
    let hash = "\(kind).\(wireName)".utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    return "0x" + String(hash, radix: 16)
  }

  /// `try await entity.add(sku, quantity: quantity)`, where the arguments stand in variables.
  var callOnEntity: String {
    let arguments = parameters.map { ($0.label == "_" ? "" : "\($0.label): ") + $0.variable }
    var prefix = ""
    if case .none = failure {} else { prefix += "try " }
    if isAsync { prefix += "await " }
    return "\(prefix)entity.\(spelling)(\(arguments.joined(separator: ", ")))"
  }
}

struct MethodParameter {
  let label: String  // `_` for none
  /// What JSON callers and contracts call it.
  let name: String
  /// What generated code calls it.
  let variable: String
  let type: TypeSyntax
  let defaultValue: ExprSyntax?

  /// What a reader takes when the caller is older and did not write it.
  var missing: String? { defaultValue?.trimmedDescription ?? (type.isOptional ? "nil" : nil) }

  /// Names that mean something else in generated code, or that need backticks as a variable.
  private static let taken: Set = [
    "method", "arguments", "reply", "entity", "result", "error", "writer", "types", "invoke", "invokeAsync", "stream", "in", "for", "if",
    "is",
    "as", "where", "while", "do", "try", "throw", "throws", "return", "case", "default", "switch", "repeat", "else", "guard", "func",
    "var", "let", "class", "struct", "enum", "extension", "protocol", "import", "init", "self", "super", "true", "false", "nil", "inout",
    "internal", "private", "public", "static", "operator", "defer", "break", "continue", "catch", "rethrows", "subscript", "typealias",
    "associatedtype", "deinit", "any",
  ]

  init(_ parameter: FunctionParameterSyntax, type: TypeSyntax, at index: Int) {
    label = parameter.firstName.text
    let inner = (parameter.secondName ?? parameter.firstName).text.withoutBackticks
    name = inner != "_" ? inner : (label != "_" ? label.withoutBackticks : "\(index)")
    variable = inner == "_" ? "value\(index)" : (Self.taken.contains(inner) ? "\(inner)Value" : inner)
    self.type = type.trimmed
    defaultValue = parameter.defaultValue?.value.trimmed
  }
}
