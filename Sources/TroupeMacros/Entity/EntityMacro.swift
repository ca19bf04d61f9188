// `@Entity("kind")` on an actor: a member macro for the plumbing, `Ref`, the contract and the two dispatchers, an extension
// macro for the conformances that the author did not write.
import SwiftSyntax
import SwiftSyntaxBuilder
import SwiftSyntaxMacros

public struct EntityMacro {}

extension EntityMacro: ExtensionMacro {
  public static func expansion(
    of node: AttributeSyntax, attachedTo declaration: some DeclGroupSyntax,
    providingExtensionsOf type: some TypeSyntaxProtocol, conformingTo protocols: [TypeSyntax],
    in context: some MacroExpansionContext
  ) throws -> [ExtensionDeclSyntax] {
    guard let actor = declaration.as(ActorDeclSyntax.self), actor.genericParameterClause == nil else { return [] }
    let hasInitializer = actor.memberBlock.members.contains { $0.decl.is(InitializerDeclSyntax.self) }
    let wanted = protocols.map(\.trimmedDescription).filter { $0 != "ContextInitializable" || !hasInitializer }
    guard !wanted.isEmpty else { return [] }
    return [try ExtensionDeclSyntax("extension \(type.trimmed): \(raw: wanted.joined(separator: ", ")) {}")]
  }
}

extension EntityMacro: MemberMacro {
  public static func expansion(
    of node: AttributeSyntax, providingMembersOf declaration: some DeclGroupSyntax,
    conformingTo protocols: [TypeSyntax], in context: some MacroExpansionContext
  ) throws -> [DeclSyntax] {
    guard let entity = EntityDeclaration(declaration, node, in: context) else { return [] }
    return plumbing(of: entity) + (entity.isEventSourced ? eventSourcing(of: entity) : []) + [
      ref(of: entity), contract(of: entity), isQuery(of: entity), dispatch(of: entity), dispatchAsync(of: entity),
    ]
  }

  private static func plumbing(of entity: EntityDeclaration) -> [DeclSyntax] {
    let access = entity.access
    var members: [DeclSyntax] = [
      "\(raw: access)static let kind: String = \(literal: entity.kind)",
      "\(raw: access)nonisolated let context: EntityContext",
      "\(raw: access)nonisolated var unownedExecutor: UnownedSerialExecutor { context.executor }",
    ]
    if !entity.hasInitializer { members.append("\(raw: access)init(context: EntityContext) { self.context = context }") }
    return members
  }

  /// In the actor's body and not in a protocol extension, because only here `private(set) var state` can be written.
  private static func eventSourcing(of entity: EntityDeclaration) -> [DeclSyntax] {
    let access = entity.access
    var members: [DeclSyntax] = ["\(raw: access)let turn = Turn<Event>()"]
    if entity.state == nil { members.append("\(raw: access)private(set) var state = State()") }
    let initial = entity.state?.initializer?.value.trimmedDescription ?? "State()"
    members.append("\(raw: access)static func initialState() -> State { \(raw: initial) }")
    members.append(
      """
      func emit(_ event: Event) {
        guard turn.record(event) else { return }
        Self.apply(event, to: &state)
      }
      """)
    if !entity.hasApply {
      members.append("\(raw: access)static func apply(_ event: Event, to state: inout State) { state.apply(event) }")
    }
    members.append("\(raw: access)static func restore(_ state: State, on entity: isolated \(raw: entity.name)) { entity.state = state }")
    return members
  }
}
