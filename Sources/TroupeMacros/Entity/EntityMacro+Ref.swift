// The text of `Ref`: one async method for each command and query, which writes the arguments for a remote call and carries the
// call itself for a local one.
import SwiftSyntax
import SwiftSyntaxBuilder

extension EntityMacro {
  static func ref(of entity: EntityDeclaration) -> DeclSyntax {
    let access = entity.access
    return """
      \(raw: access)struct Ref: EntityRef {
        \(raw: access)typealias Target = \(raw: entity.name)
        \(raw: access)var target: RefTarget
        \(raw: access)init(_ target: RefTarget) { self.target = target }
        \(raw: (entity.methods.map { refMethod($0, of: entity) } + tell(of: entity)).joined(separator: "\n").indented(by: 2))
      }
      """
  }

  /// The commands once more, for callers that do not wait.
  private static func tell(of entity: EntityDeclaration) -> [String] {
    let access = entity.access
    let methods = entity.methods.filter { !$0.isQuery }.map { method in
      """
      \(method.documentation)\(access)func \(method.spelling)(\(parameters(of: method))) {
        tell(\(entity.id(method))) { (writer: inout Writer) in
          \(writes(of: method))
        }
      }
      """
    }
    guard !methods.isEmpty else { return [] }
    return [
      """
      \(access)var tell: Tell { Tell(target) }
      \(access)struct Tell: EntityTell {
        \(access)typealias Target = \(entity.name)
        \(access)let target: RefTarget
        \(access)init(_ target: RefTarget) { self.target = target }
        \(methods.joined(separator: "\n").indented(by: 2))
      }
      """
    ]
  }

  private static func parameters(of method: EntityMethod) -> String {
    method.parameters.map { parameter in
      let names = parameter.label == parameter.variable ? parameter.label : "\(parameter.label) \(parameter.variable)"
      return "\(names): \(parameter.type)" + (parameter.defaultValue.map { " = \($0)" } ?? "")
    }.joined(separator: ", ")
  }

  private static func writes(of method: EntityMethod) -> String {
    method.parameters.isEmpty ? "_ = writer" : method.parameters.map { "writer.write(\($0.variable))" }.joined(separator: "; ")
  }

  /// `nonisolated(nonsending)` is spelled out: the user's module may not have that default, and without it each local call
  /// would leave the loop and come back.
  private static func refMethod(_ method: EntityMethod, of entity: EntityDeclaration) -> String {
    let parameters = parameters(of: method)
    let failure =
      switch method.failure {
      case .none: "Never.self"
      case .ofEntity: "Target.Failure.self"
      case .typed(let type): "\(type).self"
      }
    let arrow = method.result.map { " -> \($0)" } ?? ""
    let verb = method.isAsync ? "invokeAsync" : "invoke"
    let writes = writes(of: method)
    if method.isStream {
      return """
        \(method.documentation)\(entity.access)func \(method.spelling)(\(parameters)) -> EntityStream<\(method.result!), Target.Failure> {
          stream(\(entity.id(method))) { (writer: inout Writer) in
            \(writes)
          }
        }
        """
    }
    return """
      \(method.documentation)\(entity.access)nonisolated(nonsending) func \(method.spelling)(\(parameters)) async throws\(arrow) {
        try await \(verb)(\(entity.id(method)), isQuery: \(method.isQuery), failure: \(failure)) { (writer: inout Writer) in
          \(writes)
        } local: { (entity: isolated \(entity.name)) in
          \(method.callOnEntity)
        }
      }
      """
  }
}
