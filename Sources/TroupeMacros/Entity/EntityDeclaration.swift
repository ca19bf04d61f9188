// What `@Entity` knows about its actor. Only the primary declaration is seen: an extension's methods are not.
import SwiftSyntax
import SwiftSyntaxMacros

struct EntityDeclaration {
  let name: String
  let kind: String
  let access: String
  let isEventSourced: Bool
  let hasInitializer: Bool
  /// The author's own `state`, with the value that it begins with.
  let state: PatternBindingSyntax?
  let hasApply: Bool
  let methods: [EntityMethod]

  func id(_ method: EntityMethod) -> String { method.id(kind: kind) }
}

extension EntityDeclaration {
  init?(_ declaration: some DeclGroupSyntax, _ node: AttributeSyntax, in context: some MacroExpansionContext) {
    guard let actor = declaration.as(ActorDeclSyntax.self) else {
      context.refuse(node, "@Entity stands on an actor")
      return nil
    }
    if let generics = actor.genericParameterClause {
      context.refuse(generics, "an entity cannot be generic: its kind names one type")
      return nil
    }
    guard let kind = Self.kind(of: node, in: context) else { return nil }
    name = actor.name.text
    self.kind = kind
    access = actor.modifiers.accessPrefix
    isEventSourced = actor.inheritanceClause?.inheritedTypes.contains { $0.type.lastName == "EventSourced" } ?? false
    let members = actor.memberBlock.members.map(\.decl)
    for case let conditional? in members.map({ $0.as(IfConfigDeclSyntax.self) }) where conditional.hidesWhatMatters {
      context.refuse(
        conditional, "#if cannot surround commands, queries or initialisers of an entity: nodes built differently would disagree on them")
    }
    hasInitializer = members.contains { $0.is(InitializerDeclSyntax.self) }
    let variables = members.compactMap { $0.as(VariableDeclSyntax.self) }.filter { !$0.has("static") }
    state = variables.flatMap(\.bindings).first { $0.pattern.trimmedDescription == "state" }
    let functions = members.compactMap { $0.as(FunctionDeclSyntax.self) }
    hasApply = functions.contains { $0.has("static") && $0.name.text == "apply" }
    methods = Self.methods(functions, isEventSourced: isEventSourced, in: context)
  }

  private static func kind(of node: AttributeSyntax, in context: some MacroExpansionContext) -> String? {
    guard let kind = node.stringArgument else {
      context.refuse(node, "@Entity needs its kind as a plain string literal: it is a name on the wire")
      return nil
    }
    guard kind.wholeMatch(of: /[a-z][a-z0-9-]{0,62}/) != nil else {
      context.refuse(node, "a kind is 1 to 63 of a-z, 0-9 and '-', and begins with a letter")
      return nil
    }
    return kind
  }

  private static func methods(
    _ functions: [FunctionDeclSyntax], isEventSourced: Bool, in context: some MacroExpansionContext
  ) -> [EntityMethod] {
    var methods: [EntityMethod] = []
    var names: [String: Syntax] = [:]
    var wireNames: [String: Syntax] = [:]
    for function in functions {
      guard let method = EntityMethod(function, isEventSourced: isEventSourced, in: context) else { continue }
      if let first = names[method.name] ?? wireNames[method.wireName] {
        context.refuse(
          function.name,
          "'\(method.wireName)' stands twice: methods of an entity differ in their base name, which is their name on the wire",
          firstSeen: first)
        continue
      }
      names[method.name] = Syntax(function.name)
      wireNames[method.wireName] = Syntax(function.name)
      methods.append(method)
    }
    return methods
  }
}

extension TypeSyntax {
  /// `EventSourced` for `EventSourced` and for `Troupe.EventSourced`.
  fileprivate var lastName: String { trimmedDescription.split(separator: ".").last.map(String.init) ?? "" }
}

extension IfConfigDeclSyntax {
  fileprivate var hidesWhatMatters: Bool {
    clauses.contains { clause in
      guard case .decls(let members) = clause.elements else { return false }
      return members.contains { member in
        if let function = member.decl.as(FunctionDeclSyntax.self) {
          return function.attribute("Command") != nil || function.attribute("Query") != nil
        }
        return member.decl.is(InitializerDeclSyntax.self)
      }
    }
  }
}
