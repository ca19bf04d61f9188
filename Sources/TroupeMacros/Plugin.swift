// The compiler plugin: a program of its own that the compiler asks for expansions. It runs while users build, never in a node.
import SwiftCompilerPlugin
import SwiftSyntaxMacros

@main
struct TroupePlugin: CompilerPlugin {
  let providingMacros: [any Macro.Type] = [EntityMacro.self, CommandMacro.self, QueryMacro.self, WasMacro.self, WireMacro.self]
}
