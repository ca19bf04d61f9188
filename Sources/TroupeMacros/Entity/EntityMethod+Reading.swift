// From a function's syntax to an `EntityMethod`, or to sentences that say why it cannot be called from another node.
import SwiftSyntax
import SwiftSyntaxMacros

extension EntityMethod {
  /// Names that every `Ref` offers already.
  private static let offeredByRefs: Set = [
    "within", "once", "as", "delete", "id", "target", "invoke", "invokeAsync", "stream", "tell", "init",
  ]

  /// Nil when the function is neither a command nor a query, or is refused.
  init?(_ function: FunctionDeclSyntax, isEventSourced: Bool, in context: some MacroExpansionContext) {
    let command = function.attribute("Command")
    let query = function.attribute("Query")
    guard let mark = command ?? query else { return nil }
    var isFine = true
    func refuse(_ node: some SyntaxProtocol, _ why: String) {
      context.refuse(node, why)
      isFine = false
    }

    name = function.name.text.withoutBackticks
    if command != nil, query != nil { refuse(mark, "'\(name)' is a @Command or a @Query, not both: a query changes nothing") }
    if function.has("static") || function.has("class") || function.has("nonisolated") {
      refuse(function.name, "'\(name)' must be an instance method that runs on its entity: remove 'static' or 'nonisolated'")
    }
    if case .identifier = function.name.tokenKind {} else { refuse(function.name, "an entity method cannot be an operator") }
    if Self.offeredByRefs.contains(name) {
      refuse(function.name, "'\(name)' is what every Ref offers already: give the method another name")
    }
    if let generics = function.genericParameterClause {
      refuse(generics, "an entity method cannot be generic: the other node must know its types from its name")
    }
    for attribute in function.attributes.compactMap({ $0.as(AttributeSyntax.self) })
    where attribute.attributeName.trimmedDescription.hasSuffix("Actor") {
      refuse(attribute, "an entity method runs on its entity, not on a global actor")
    }

    var parameters: [MethodParameter] = []
    for (index, parameter) in function.signature.parameterClause.parameters.enumerated() {
      let (type, complaints) = parameter.typeOnWire
      for (node, why) in complaints { refuse(node, why) }
      parameters.append(MethodParameter(parameter, type: type, at: index))
    }
    self.parameters = parameters

    let returned = function.signature.returnClause?.type.trimmed
    let element = returned?.streamElement
    isStream = element != nil
    result = element ?? returned.flatMap { ["Void", "()"].contains($0.trimmedDescription) ? nil : $0 }
    if let result, let why = result.whyNotOnWire { refuse(result, why) }

    let effects = function.signature.effectSpecifiers
    isAsync = effects?.asyncSpecifier != nil
    if effects?.throwsClause?.throwsSpecifier.text == "rethrows" { refuse(function.name, "an entity method cannot rethrow") }
    switch effects?.throwsClause?.type?.trimmed {
    case nil: failure = effects?.throwsClause == nil ? .none : .ofEntity
    case let type? where ["any Error", "Error"].contains(type.trimmedDescription): failure = .ofEntity
    case let type?: failure = .typed(type)
    }
    isQuery = query != nil
    if isStream { for (node, why) in Self.complaints(aboutStream: function) { refuse(node, why) } }
    if let async = effects?.asyncSpecifier, isEventSourced, !isQuery {
      refuse(
        async,
        "a command of an EventSourced entity cannot be 'async': it decides alone, in one turn. "
          + "Make it a @Query if it changes nothing; let a saga wait for others")
    }

    var wireName = name
    if let was = function.attribute("Was") {
      if let old = was.stringArgument, !old.isEmpty {
        wireName = old
      } else {
        refuse(was, "@Was needs the old name as a plain string literal: it is the method's name on the wire")
      }
    }
    self.wireName = wireName
    spelling = function.name.text
    documentation = function.leadingTrivia.documentation
    guard isFine else { return nil }
  }
}

extension EntityMethod {
  /// What a method that returns a sequence cannot be.
  private static func complaints(aboutStream function: FunctionDeclSyntax) -> [(Syntax, String)] {
    let name = function.name.text.withoutBackticks
    let effects = function.signature.effectSpecifiers
    var complaints: [(Syntax, String)] = []
    if let command = function.attribute("Command") {
      complaints.append((Syntax(command), "'\(name)' returns a stream, so it is a @Query: opening it may be tried twice"))
    }
    if let async = effects?.asyncSpecifier {
      complaints.append((Syntax(async), "'\(name)' returns a stream, so it cannot be 'async': it only opens it; wait inside the sequence"))
    }
    if let type = effects?.throwsClause?.type {
      complaints.append((Syntax(type), "'\(name)' returns a stream, so it throws plainly: the entity's Failure"))
    }
    return complaints
  }
}

extension TypeSyntax {
  /// Of what this is a sequence, when it is one over time: `AsyncStream<E>`, `AsyncThrowingStream<E, any Error>`, `some AsyncSequence<E, F>`.
  fileprivate var streamElement: TypeSyntax? {
    if let optional = self.as(SomeOrAnyTypeSyntax.self) { return optional.constraint.streamElement }
    if let composed = self.as(CompositionTypeSyntax.self) { return composed.elements.lazy.compactMap(\.type.streamElement).first }
    let (name, arguments) =
      if let type = self.as(IdentifierTypeSyntax.self) {
        (type.name.text, type.genericArgumentClause)
      } else if let type = self.as(MemberTypeSyntax.self) { (type.name.text, type.genericArgumentClause) } else { ("", nil) }
    guard ["AsyncStream", "AsyncThrowingStream", "AsyncSequence"].contains(name) else { return nil }
    return arguments?.arguments.first.flatMap { $0.argument.as(TypeSyntax.self)?.trimmed }
  }
}

extension FunctionParameterSyntax {
  /// The type without specifiers that mean nothing for a copy, and what cannot travel.
  fileprivate var typeOnWire: (TypeSyntax, [(Syntax, String)]) {
    var complaints: [(Syntax, String)] = []
    var bare = type
    if let attributed = bare.as(AttributedTypeSyntax.self) {
      for specifier in attributed.specifiers {
        switch specifier.trimmedDescription {
        case "inout":
          complaints.append((Syntax(specifier), "an entity method cannot take 'inout': the argument is a copy; return the new value"))
        case "isolated": complaints.append((Syntax(specifier), "an entity method cannot take an 'isolated' parameter"))
        default: break  // `sending`, `consuming`, `borrowing` mean the same for a copy
        }
      }
      bare = attributed.baseType
    }
    if let why = bare.whyNotOnWire { complaints.append((Syntax(bare), why)) }
    if let ellipsis { complaints.append((Syntax(ellipsis), "an entity method cannot be variadic: take an array")) }
    return (bare, complaints)
  }
}

extension TypeSyntax {
  /// What syntax alone shows to have no form on the wire; the compiler finds the rest.
  fileprivate var whyNotOnWire: String? {
    if self.is(FunctionTypeSyntax.self) { return "a closure cannot travel to another node" }
    if self.is(SomeOrAnyTypeSyntax.self) { return "'\(trimmedDescription)' has no fixed form on the wire: name a concrete @Wire type" }
    if self.is(ImplicitlyUnwrappedOptionalTypeSyntax.self) { return "write '?' instead of '!': the other node may send nothing" }
    if let tuple = self.as(TupleTypeSyntax.self), tuple.elements.count > 1 { return "a tuple cannot grow: make a @Wire struct" }
    return nil
  }
}

extension Trivia {
  /// The documentation comment, to stand on the method of the `Ref` as well.
  var documentation: String {
    pieces.compactMap { piece in
      switch piece {
      case .docLineComment(let text), .docBlockComment(let text): text + "\n"
      default: nil
      }
    }.joined()
  }
}
