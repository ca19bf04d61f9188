// The text of the two dispatchers: a switch over ids that decodes, calls and encodes. The synchronous one answers `.suspends`
// for async methods, so that no table is asked before a call and a synchronous method never pays for a task.
import SwiftSyntax
import SwiftSyntaxBuilder

extension EntityMacro {
  static func dispatch(of entity: EntityDeclaration) -> DeclSyntax {
    var cases = entity.methods.filter { !$0.isAsync }.map { dispatchCase($0, of: entity) }
    let suspending = entity.methods.filter(\.isAsync).map(entity.id)
    if !suspending.isEmpty { cases.append("case \(suspending.joined(separator: ", ")): return .suspends") }
    return dispatcher("dispatch", "throws", cases, of: entity)
  }

  static func dispatchAsync(of entity: EntityDeclaration) -> DeclSyntax {
    dispatcher("dispatchAsync", "async throws", entity.methods.filter(\.isAsync).map { dispatchCase($0, of: entity) }, of: entity)
  }

  private static func dispatcher(_ name: String, _ effects: String, _ cases: [String], of entity: EntityDeclaration) -> DeclSyntax {
    let unknown = "throw DispatchError.unknownMethod(method)"
    let body = cases.isEmpty ? unknown : "switch method {\n\(cases.joined(separator: "\n"))\ndefault: \(unknown)\n}"
    return """
      \(raw: entity.access)static func \(raw: name)(
        _ method: UInt64, _ arguments: inout Reader, reply: inout Writer, on entity: isolated \(raw: entity.name)
      ) \(raw: effects) -> Outcome {
        \(raw: body.indented(by: 2))
      }
      """
  }

  private static func dispatchCase(_ method: EntityMethod, of entity: EntityDeclaration) -> String {
    let reads = method.parameters.map { parameter in
      let how = parameter.missing.map { "or: \($0)" } ?? "required: \"\(method.name).\(parameter.name)\""
      return "let \(parameter.variable): \(parameter.type) = try arguments.read(\(how))"
    }
    let call = method.callOnEntity
    let run =
      method.isStream
      ? "return entity.openStream(\(call))"
      : method.result == nil ? "\(call)\nreturn .value" : "let result = \(call)\nreply.write(result)\nreturn .value"
    // A typed throw needs no cast; an untyped one is cast once, on the failing path only.
    let body =
      switch method.failure {
      case .none: run
      case .typed(let type): "do throws(\(type)) {\n  \(run.indented(by: 2))\n} catch {\n  reply.write(error)\n  return .failure\n}"
      case .ofEntity: "do {\n  \(run.indented(by: 2))\n} catch {\n  return try Outcome.failure(error, as: Failure.self, to: &reply)\n}"
      }
    return "case \(entity.id(method)):  // \(method.signature)\n  \((reads + [body]).joined(separator: "\n").indented(by: 2))"
  }
}
