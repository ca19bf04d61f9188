// What the tests of the macros share: an expansion compared as text, and the sentences of a refusal.
import SwiftParser
import SwiftSyntax
import SwiftSyntaxMacroExpansion
import SwiftSyntaxMacros
import SwiftSyntaxMacrosGenericTestSupport
import Testing

@testable import TroupeMacros

private let macros: [String: any Macro.Type] = [
  "Entity": EntityMacro.self, "Command": CommandMacro.self, "Query": QueryMacro.self, "Was": WasMacro.self, "Wire": WireMacro.self,
]
private let conformances: [String: [TypeSyntax]] = ["Entity": ["Entity", "ContextInitializable"], "Wire": ["Wire"]]

/// When an expansion changes on purpose, the failure prints the new text.
func expectExpansion(_ source: String, _ expanded: String, _ location: Testing.SourceLocation = #_sourceLocation) {
  assertMacroExpansion(
    source, expandedSource: expanded,
    macroSpecs: Dictionary(uniqueKeysWithValues: macros.map { ($0, MacroSpec(type: $1, conformances: conformances[$0] ?? [])) }),
    indentationWidth: .spaces(2),
    failureHandler: { Issue.record("\($0.message)", sourceLocation: location) })
}

/// What the macros say about `source`.
func complaints(_ source: String) -> [String] {
  let file = Parser.parse(source: source)
  let context = BasicMacroExpansionContext(sourceFiles: [file: .init(moduleName: "Shop", fullFilePath: "Shop.swift")])
  _ = file.expand(macros: macros) {
    BasicMacroExpansionContext(sharingWith: context, lexicalContext: $0.allMacroLexicalContexts())
  }
  return context.diagnostics.map(\.message)
}

/// The whole expansion, for expectations about parts of it.
func expanded(_ source: String) -> String {
  let file = Parser.parse(source: source)
  let context = BasicMacroExpansionContext(sourceFiles: [file: .init(moduleName: "Shop", fullFilePath: "Shop.swift")])
  return file.expand(
    macros: macros,
    contextGenerator: { BasicMacroExpansionContext(sharingWith: context, lexicalContext: $0.allMacroLexicalContexts()) },
    indentationWidth: .spaces(2)
  ).description
}
