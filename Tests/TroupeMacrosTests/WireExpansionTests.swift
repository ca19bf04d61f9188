// Whole expansions of `@Wire`, read as text.
import Testing

@testable import TroupeMacros

struct WireExpansionTests {
  @Test func aStruct() {
    expectExpansion(
      """
      @Wire public struct Line {
        public var sku: SKU, `in`: Int
        var quantity = 1
        var note: String?
        var double: Int { quantity * 2 }
        static let limit = 9
      }
      """,
      """
      public struct Line {
        public var sku: SKU, `in`: Int
        var quantity = 1
        var note: String?
        var double: Int { quantity * 2 }
        static let limit = 9
      }

      extension Line: Wire {
        public init(from reader: inout Reader) throws(WireError) {
          let end = try reader.enter()
          self.sku = try reader.read(required: "Line.sku")
          self.`in` = try reader.read(required: "Line.in")
          self.quantity = try reader.read(or: 1)
          self.note = try reader.read(or: nil)
          reader.leave(end)
        }
        public func write(to writer: inout Writer) {
          writer.body {
            $0.write(self.sku)
            $0.write(self.`in`)
            $0.write(self.quantity)
            $0.write(self.note)
          }
        }
        public static func describe(in types: inout TypeTable) -> WireType {
          types.structure("Line", of: Self.self) {
            [
              $0.field("sku", SKU.self),
              $0.field("in", Int.self),
              $0.field("quantity", default: 1),
              $0.field("note", String?.self, default: nil)
            ]
          }
        }
      }
      """)
  }

  @Test func aStructWithoutFields() {
    expectExpansion(
      "@Wire struct Empty {}",
      """
      struct Empty {}

      extension Empty: Wire {
        init(from reader: inout Reader) throws(WireError) {
          let end = try reader.enter()

          reader.leave(end)
        }
        func write(to writer: inout Writer) {
          writer.body { _ in

          }
        }
        static func describe(in types: inout TypeTable) -> WireType {
          types.structure("Empty", of: Self.self) { _ in
            []
          }
        }
      }
      """)
  }

  @Test func anEnum() {
    expectExpansion(
      """
      @Wire indirect enum Event {
        case added(SKU, quantity: Int = 1)
        case cleared, `default`(note: String?)
      }
      """,
      """
      indirect enum Event {
        case added(SKU, quantity: Int = 1)
        case cleared, `default`(note: String?)
      }

      extension Event: Wire {
        init(from reader: inout Reader) throws(WireError) {
          let end = try reader.enter()
          let tag = try reader.varint()
          switch tag {
          case 0:
            let value0: SKU = try reader.read(required: "Event.added")
            let value1: Int = try reader.read(or: 1)
            self = .added(value0, quantity: value1)
          case 1:
            self = .cleared
          case 2:
            let value0: String? = try reader.read(or: nil)
            self = .`default`(note: value0)
          default:
            throw .unknownCase(tag, of: "Event")
          }
          reader.leave(end)
        }
        func write(to writer: inout Writer) {
          writer.body {
            switch self {
            case .added(let value0, let value1):
              $0.varint(0)
              $0.write(value0)
              $0.write(value1)
            case .cleared:
              $0.varint(1)
            case .`default`(let value0):
              $0.varint(2)
              $0.write(value0)
            }
          }
        }
        static func describe(in types: inout TypeTable) -> WireType {
          types.enumeration("Event", of: Self.self) {
            [
              CaseContract(name: "added", fields: [$0.field("0", SKU.self), $0.field("quantity", Int.self, default: 1)]),
              CaseContract(name: "cleared"),
              CaseContract(name: "default", fields: [$0.field("note", String?.self, default: nil)])
            ]
          }
        }
      }
      """)
  }

  @Test func anEnumWithoutValues() {
    expectExpansion(
      """
      @Wire enum Color: String {
        case red, green
      }
      """,
      """
      enum Color: String {
        case red, green
      }

      extension Color: Wire {
        init(from reader: inout Reader) throws(WireError) {
          let end = try reader.enter()
          let tag = try reader.varint()
          switch tag {
          case 0:
            self = .red
          case 1:
            self = .green
          default:
            throw .unknownCase(tag, of: "Color")
          }
          reader.leave(end)
        }
        func write(to writer: inout Writer) {
          writer.body {
            switch self {
            case .red:
              $0.varint(0)
            case .green:
              $0.varint(1)
            }
          }
        }
        static func describe(in types: inout TypeTable) -> WireType {
          types.enumeration("Color", of: Self.self) { _ in
            [
              CaseContract(name: "red"),
              CaseContract(name: "green")
            ]
          }
        }
      }
      """)
  }
}
