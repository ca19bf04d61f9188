// `@Command`, `@Query` and `@Was` expand to nothing: `@Entity` reads them off the method's syntax. Their own work is to refuse
// to stand where they would mean nothing.
import SwiftSyntax
import SwiftSyntaxMacros

public struct CommandMacro: PeerMacro {
  public static func expansion(
    of node: AttributeSyntax, providingPeersOf declaration: some DeclSyntaxProtocol, in context: some MacroExpansionContext
  ) throws -> [DeclSyntax] {
    checkPlace(of: node, on: declaration, in: context)
    return []
  }
}

public struct QueryMacro: PeerMacro {
  public static func expansion(
    of node: AttributeSyntax, providingPeersOf declaration: some DeclSyntaxProtocol, in context: some MacroExpansionContext
  ) throws -> [DeclSyntax] {
    checkPlace(of: node, on: declaration, in: context)
    return []
  }
}

public struct WasMacro: PeerMacro {
  public static func expansion(
    of node: AttributeSyntax, providingPeersOf declaration: some DeclSyntaxProtocol, in context: some MacroExpansionContext
  ) throws -> [DeclSyntax] {
    checkPlace(of: node, on: declaration, in: context)
    if let function = declaration.as(FunctionDeclSyntax.self), function.attribute("Command") == nil, function.attribute("Query") == nil {
      context.refuse(node, "@Was keeps the old name of a @Command or a @Query, and this is neither")
    }
    return []
  }
}

private func checkPlace(of node: AttributeSyntax, on declaration: some DeclSyntaxProtocol, in context: some MacroExpansionContext) {
  let mark = "@" + node.attributeName.trimmedDescription
  guard declaration.is(FunctionDeclSyntax.self) else {
    return context.refuse(node, "\(mark) stands on a method of an @Entity actor")
  }
  // The innermost enclosing declaration, and not any: a type nested in an entity is not the entity.
  let enclosing = context.lexicalContext.first { $0.asProtocol((any DeclGroupSyntax).self) != nil }
  guard enclosing?.as(ActorDeclSyntax.self)?.attribute("Entity") != nil else {
    return context.refuse(node, "\(mark) has no effect outside the body of an @Entity actor: @Entity sees its own braces only")
  }
}
