// Contracts: how types describe themselves, and that a contract arrives as it was sent.
import Testing

@testable import TroupeWire

struct ContractTests {
  @Test func typesEnterTheTableOnce() {
    var types = TypeTable()
    #expect(types.describe([LineV2].self) == .array(.named("Line")))
    #expect(types.describe(LineV2?.self) == .optional(.named("Line")))
    #expect(types.types.count == 1)
    #expect(
      types.types["Line"]
        == .structure([
          FieldContract(name: "sku", type: .string),
          FieldContract(name: "quantity", type: .int(64), missing: [2]),
          FieldContract(name: "note", type: .optional(.string), missing: [0]),
          FieldContract(name: "tags", type: .dictionary(.string, .int(64)), missing: [1, 3, 0x6e, 0x65, 0x77, 2]),
        ]))
  }

  @Test func aTypeMayContainItself() {
    var types = TypeTable()
    #expect(types.describe(Tree.self) == .named("Tree"))
    guard case .enumeration(let cases) = types.types["Tree"] else {
      Issue.record("no enumeration: \(types.types)")
      return
    }
    #expect(cases.map(\.name) == ["leaf", "branch"])
    #expect(cases[1].fields[0].type == .array(.named("Tree")))
  }

  @Test func twoTypesOfOneNameAreToldApart() {
    var types = TypeTable()
    #expect(types.describe(LineV1.self) == .named("Line"))
    #expect(types.describe(LineV2.self) == .named("Line~2"))
    #expect(types.describe(LineV1.self) == .named("Line"))
    #expect(types.types.keys.sorted() == ["Line", "Line~2"])
  }

  @Test func builtInTypes() {
    var types = TypeTable()
    #expect(types.describe([UInt8].self) == .bytes)
    #expect(types.describe([[UInt8]].self) == .array(.bytes))
    #expect(types.describe([Int8].self) == .array(.int(8)))
    #expect(types.describe([Set<WireUUID>: Duration?].self) == .dictionary(.set(.uuid), .optional(.duration)))
    #expect(types.describe(Nothing.self) == .nothing)
    #expect("\(types.describe([String: [Fixed64?]].self))" == "[String: [Fixed64?]]")
    #expect(types.types.isEmpty)
  }

  @Test func aContractArrivesAsItWasSent() throws {
    var types = TypeTable()
    let method = MethodContract(
      id: methodID(kind: "cart", name: "add"), name: "add", signature: "add(_:quantity:)", isQuery: false, isAsync: false,
      parameters: [types.field("sku", String.self), types.field("quantity", Int.self, default: 1)],
      result: types.describe([LineV2].self), failure: .never)
    let contract = EntityContract(
      kind: "cart", isDurable: true, methods: [method], state: types.describe(Tree.self), event: .named("Event"), types: types.types)
    expectRoundTrip(contract)
    for type in everyType { expectRoundTrip(type) }
  }

  private var everyType: [WireType] {
    [
      .nothing, .never, .bool, .int(8), .uint(64), .fixed32, .fixed64, .float, .double, .string, .bytes, .duration, .uuid,
      .optional(.int(16)), .array(.optional(.string)), .dictionary(.uuid, .array(.bool)), .set(.named("X")), .named("Cart.State"),
    ]
  }
}
