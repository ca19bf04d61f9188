// `@Wire` on a struct or an enum: fields in the order of their declaration inside a length-prefixed body. Appending a field
// with a default value or of an optional type keeps old and new readers agreeing; anything else is the contract's to refuse.
import SwiftSyntax
import SwiftSyntaxBuilder
import SwiftSyntaxMacros

public struct WireMacro: ExtensionMacro {
  public static func expansion(
    of node: AttributeSyntax, attachedTo declaration: some DeclGroupSyntax,
    providingExtensionsOf type: some TypeSyntaxProtocol, conformingTo protocols: [TypeSyntax],
    in context: some MacroExpansionContext
  ) throws -> [ExtensionDeclSyntax] {
    let generics = declaration.asProtocol((any WithGenericParametersSyntax).self)?.genericParameterClause
    if let generics {
      context.refuse(generics, "a @Wire type cannot be generic")
      return []
    }
    for member in declaration.memberBlock.members where member.decl.is(IfConfigDeclSyntax.self) {
      context.refuse(member.decl, "#if cannot surround members of a @Wire type: nodes built differently would disagree on its bytes")
      return []
    }
    let shape: (any WireShape)?
    if let structure = declaration.as(StructDeclSyntax.self) {
      shape = WireStruct(structure, named: type.trimmedDescription, in: context)
    } else if let enumeration = declaration.as(EnumDeclSyntax.self) {
      shape = WireEnum(enumeration, named: type.trimmedDescription, in: context)
    } else {
      context.refuse(node, "@Wire stands on a struct or an enum: a value, not a thing with an identity")
      return []
    }
    guard let shape else { return [] }
    let access = declaration.modifiers.accessPrefix
    return [
      try ExtensionDeclSyntax(
        """
        extension \(type.trimmed): Wire {
          \(raw: access)init(from reader: inout Reader) throws(WireError) {
            let end = try reader.enter()
            \(raw: shape.reading.indented(by: 4))
            reader.leave(end)
          }
          \(raw: access)func write(to writer: inout Writer) {
            writer.body {\(raw: shape.isEmpty ? " _ in" : "")
              \(raw: shape.writing.indented(by: 6))
            }
          }
          \(raw: access)static func describe(in types: inout TypeTable) -> WireType {
            \(raw: shape.describing.indented(by: 4))
          }
        }
        """)
    ]
  }
}

/// What differs between structs and enums: three pieces of text.
protocol WireShape {
  var isEmpty: Bool { get }
  /// From `reader`, within the body, to `self`.
  var reading: String { get }
  /// From `self` to `$0`.
  var writing: String { get }
  var describing: String { get }
}
