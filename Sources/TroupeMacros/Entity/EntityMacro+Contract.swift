// The text of what a kind says about itself: its contract, and which methods are queries.
import SwiftSyntax
import SwiftSyntaxBuilder

extension EntityMacro {
  static func contract(of entity: EntityDeclaration) -> DeclSyntax {
    let rows = entity.methods.map { row($0, of: entity) }
    let head = "\(entity.access)static func contract(in types: inout TypeTable) -> [MethodContract]"
    if rows.isEmpty { return "\(raw: head) { [] }" }
    return """
      \(raw: head) {
        [
          \(raw: rows.joined(separator: ",\n").indented(by: 4))
        ]
      }
      """
  }

  private static func row(_ method: EntityMethod, of entity: EntityDeclaration) -> String {
    let parameters = method.parameters.map { parameter in
      "types.field(\"\(parameter.name)\", \(parameter.type).self" + (parameter.missing.map { ", default: \($0)" } ?? "") + ")"
    }
    let failure =
      switch method.failure {
      case .none: ".never"
      case .ofEntity: "types.describe(Failure.self)"
      case .typed(let type): "types.describe(\(type).self)"
      }
    return """
      MethodContract(
        id: \(entity.id(method)), name: "\(method.name)", signature: "\(method.signature)", isQuery: \(method.isQuery), isAsync: \(method.isAsync),
        parameters: [\(parameters.joined(separator: ", "))],
        result: \(method.result.map { "types.describe(\($0).self)" } ?? ".nothing"), failure: \(failure)\(method.isStream ? ", isStream: true" : ""))
      """
  }

  static func isQuery(of entity: EntityDeclaration) -> DeclSyntax {
    let head = "\(entity.access)static func isQuery(_ method: UInt64) -> Bool?"
    if entity.methods.isEmpty { return "\(raw: head) { nil }" }
    let cases = [true, false].compactMap { isQuery -> String? in
      let ids = entity.methods.filter { $0.isQuery == isQuery }.map(entity.id)
      return ids.isEmpty ? nil : "case \(ids.joined(separator: ", ")): \(isQuery)"
    }
    return """
      \(raw: head) {
        switch method {
        \(raw: cases.joined(separator: "\n").indented(by: 2))
        default: nil
        }
      }
      """
  }
}
