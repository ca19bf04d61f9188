// The cases of a `@Wire` enum: each travels under its place among the cases, so new ones are appended at the end.
import SwiftSyntax
import SwiftSyntaxMacros

struct WireEnum: WireShape {
  struct Value {
    let label: String?
    let name: String  // the label, or the position where there is none
    let variable: String
    let type: TypeSyntax
    let missing: String?
  }
  struct Case {
    let name: String
    let values: [Value]
  }

  let name: String
  let cases: [Case]

  var isEmpty: Bool { false }

  var reading: String {
    let branches = cases.enumerated().map { tag, element in
      let reads = element.values.map { value in
        let how = value.missing.map { "or: \($0)" } ?? "required: \"\(name).\(element.name.withoutBackticks)\""
        return "let \(value.variable): \(value.type) = try reader.read(\(how))"
      }
      let arguments = element.values.map { ($0.label.map { "\($0): " } ?? "") + $0.variable }
      let payload = arguments.isEmpty ? "" : "(\(arguments.joined(separator: ", ")))"
      return "case \(tag):\n  \((reads + ["self = .\(element.name)\(payload)"]).joined(separator: "\n  "))"
    }
    return """
      let tag = try reader.varint()
      switch tag {
      \(branches.joined(separator: "\n"))
      default: throw .unknownCase(tag, of: "\(name)")
      }
      """
  }

  var writing: String {
    let branches = cases.enumerated().map { tag, element in
      let pattern = element.values.isEmpty ? "" : "(\(element.values.map { "let \($0.variable)" }.joined(separator: ", ")))"
      return (["case .\(element.name)\(pattern):", "$0.varint(\(tag))"] + element.values.map { "$0.write(\($0.variable))" })
        .joined(separator: "\n  ")
    }
    return "switch self {\n\(branches.joined(separator: "\n"))\n}"
  }

  var describing: String {
    let usesTable = cases.contains { !$0.values.isEmpty }
    let rows = cases.map { element in
      let fields = element.values.map { value in
        "$0.field(\"\(value.name)\", \(value.type).self\(value.missing.map { ", default: \($0)" } ?? ""))"
      }
      let list = fields.isEmpty ? "" : ", fields: [\(fields.joined(separator: ", "))]"
      return "CaseContract(name: \"\(element.name.withoutBackticks)\"\(list))"
    }
    return """
      types.enumeration("\(name)", of: Self.self) {\(usesTable ? "" : " _ in")
        [
          \(rows.joined(separator: ",\n").indented(by: 4))
        ]
      }
      """
  }
}

extension WireEnum {
  init?(_ enumeration: EnumDeclSyntax, named name: String, in context: some MacroExpansionContext) {
    let elements = enumeration.memberBlock.members.compactMap { $0.decl.as(EnumCaseDeclSyntax.self) }.flatMap(\.elements)
    guard !elements.isEmpty else {
      context.refuse(enumeration.name, "a @Wire enum needs a case: without one there is no value to send")
      return nil
    }
    self.name = name
    cases = elements.map { element in
      let parameters = Array(element.parameterClause?.parameters ?? [])
      return Case(
        name: element.name.text,
        values: parameters.enumerated().map { index, parameter in
          let label = parameter.firstName.flatMap { $0.text == "_" ? nil : $0.text }
          return Value(
            label: label, name: label?.withoutBackticks ?? "\(index)", variable: "value\(index)", type: parameter.type.trimmed,
            missing: parameter.defaultValue?.value.trimmedDescription ?? (parameter.type.isOptional ? "nil" : nil))
        })
    }
  }
}
