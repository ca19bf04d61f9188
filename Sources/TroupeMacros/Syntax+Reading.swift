// Small questions to a syntax tree. A macro sees syntax only: `Optional<Int>` and `Int?` are known by their spelling.
import SwiftSyntax

extension WithAttributesSyntax {
  func attribute(_ name: String) -> AttributeSyntax? {
    attributes.lazy.compactMap { $0.as(AttributeSyntax.self) }.first { $0.attributeName.trimmedDescription == name }
  }
}

extension AttributeSyntax {
  /// The only argument, when it is a string literal without interpolation.
  var stringArgument: String? {
    guard case .argumentList(let arguments) = arguments, arguments.count == 1 else { return nil }
    return arguments.first?.expression.as(StringLiteralExprSyntax.self)?.representedLiteralValue
  }
}

extension WithModifiersSyntax {
  func has(_ modifier: String) -> Bool { modifiers.has(modifier) }
}

extension DeclModifierListSyntax {
  func has(_ modifier: String) -> Bool { contains { $0.name.text == modifier && $0.detail == nil } }

  /// What stands before generated members: as open as the type itself, where that is more than the default.
  var accessPrefix: String {
    if has("public") { return "public " }
    return has("package") ? "package " : ""
  }
}

extension TypeSyntax {
  var isOptional: Bool {
    self.is(OptionalTypeSyntax.self) || self.as(IdentifierTypeSyntax.self)?.name.text == "Optional"
  }
}

extension String {
  /// A name as it travels: "`default`" is `default`.
  var withoutBackticks: String { first == "`" && last == "`" ? String(dropFirst().dropLast()) : self }

  /// For text of several lines that is put into a template: each line but the first moves to where the first one stands.
  func indented(by spaces: Int) -> String {
    split(separator: "\n", omittingEmptySubsequences: false)
      .joined(separator: "\n" + String(repeating: " ", count: spaces))
  }
}
