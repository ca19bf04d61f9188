// The stored properties of a `@Wire` struct, and the text that reads, writes and describes them.
import SwiftSyntax
import SwiftSyntaxMacros

struct WireStruct: WireShape {
  struct Field {
    let name: String
    let type: TypeSyntax?  // nil: inferred from the default value; the compiler finds it, the macro need not
    let missing: String?  // what a reader takes when an older writer did not write it

    var plainName: String { name.withoutBackticks }
  }

  let name: String
  let fields: [Field]

  var isEmpty: Bool { fields.isEmpty }

  var reading: String {
    fields.map { field in
      "self.\(field.name) = try reader.read(\(field.missing.map { "or: \($0)" } ?? "required: \"\(name).\(field.plainName)\""))"
    }.joined(separator: "\n")
  }

  var writing: String { fields.map { "$0.write(self.\($0.name))" }.joined(separator: "\n") }

  var describing: String {
    let rows = fields.map { field in
      let type = field.type.map { ", \($0).self" } ?? ""
      return "$0.field(\"\(field.plainName)\"\(type)\(field.missing.map { ", default: \($0)" } ?? ""))"
    }
    let open = "types.structure(\"\(name)\", of: Self.self) {"
    if isEmpty { return "\(open) _ in [] }" }
    return "\(open)\n  [\n    \(rows.joined(separator: ",\n").indented(by: 4))\n  ]\n}"
  }
}

extension WireStruct {
  init?(_ structure: StructDeclSyntax, named name: String, in context: some MacroExpansionContext) {
    var fields: [Field] = []
    var isFine = true
    for variable in structure.memberBlock.members.compactMap({ $0.decl.as(VariableDeclSyntax.self) }) where !variable.has("static") {
      let bindings = Array(variable.bindings)
      for (index, binding) in bindings.enumerated() where binding.isStored {
        guard let field = binding.pattern.as(IdentifierPatternSyntax.self)?.identifier.text else {
          context.refuse(binding, "a @Wire struct names each stored property on its own, not as a tuple")
          isFine = false
          continue
        }
        let isFixed = variable.bindingSpecifier.tokenKind == .keyword(.let) && binding.initializer != nil
        if variable.has("lazy") || isFixed || !variable.attributes.isEmpty {
          context.refuse(binding, "'\(field)' cannot be read back: make it a plain `var`, or `static`, or computed")
          isFine = false
          continue
        }
        // In `var a, b: Int` the type stands behind the last name.
        let annotation =
          binding.typeAnnotation
          ?? (binding.initializer == nil ? bindings[index...].lazy.compactMap(\.typeAnnotation).first : nil)
        let type = annotation?.type.trimmed
        let missing = binding.initializer?.value.trimmedDescription ?? (type?.isOptional == true ? "nil" : nil)
        fields.append(Field(name: field, type: type, missing: missing))
      }
    }
    guard isFine else { return nil }
    self.name = name
    self.fields = fields
  }
}

extension PatternBindingSyntax {
  fileprivate var isStored: Bool {
    switch accessorBlock?.accessors {
    case nil: true
    case .getter: false
    case .accessors(let list): list.allSatisfy { ["willSet", "didSet"].contains($0.accessorSpecifier.text) }
    }
  }
}
