// Contracts as text: what is written is read back the same, and what is no contract is refused by its line.
import Testing

@testable import TroupeWire

@Suite("Contracts as text")
struct ContractTextTests {
  static let lamp = EntityContract(
    kind: "lamp", isDurable: true,
    methods: [
      MethodContract(
        id: 0xff, name: "press", signature: "press(_:at:)", isQuery: false, isAsync: true,
        parameters: [
          FieldContract(name: "strength", type: .int(32), missing: [2]),
          FieldContract(name: "at", type: .optional(.dictionary(.string, .array(.set(.named("Lamp.Place")))))),
        ], result: .named("Bytes"), failure: .named("Lamp.Failure")),
      MethodContract(
        id: 7, name: "glows", signature: "glows()", isQuery: true, isAsync: false, parameters: [], result: .bool, failure: .never,
        isStream: true),
    ], state: .named("Lamp.State"), event: .named("Lamp.Event"),
    types: [
      "Bytes": .structure([]), "Lamp.Place": .structure([FieldContract(name: "x", type: .double)]),
      "Lamp.Event": .enumeration([
        CaseContract(name: "pressed", fields: [FieldContract(name: "0", type: .bytes)]), CaseContract(name: "broke"),
      ]),
      "Lamp.Failure": .enumeration([CaseContract(name: "burnt")]), "Lamp.State": .structure([]),
    ])

  @Test("one thing a line, in order")
  func text() {
    #expect(
      ContractText.text(of: [Self.lamp]) == """
        kind lamp durable
          state Lamp.State
          event Lamp.Event
          query glows() #0000000000000007 stream
            -> Bool
          command press(_:at:) #00000000000000ff async
            - strength: Int32 = 0x02
            - at: [String: [Set<Lamp.Place>]]?
            -> `Bytes`
            throws Lamp.Failure
          struct Bytes
          enum Lamp.Event
            case pressed
              - 0: Bytes
            case broke
          enum Lamp.Failure
            case burnt
          struct Lamp.Place
            - x: Double
          struct Lamp.State

        """)
  }

  @Test("it is read back the same")
  func readBack() throws {
    let other = EntityContract(kind: "a", isDurable: false, methods: [], state: nil, event: nil, types: [:])
    let back = try ContractText.contracts(in: "# a remark\n\n" + ContractText.text(of: [Self.lamp, other]))
    #expect(back.count == 2)
    #expect(back.first == other)
    var sorted = Self.lamp
    sorted.methods.reverse()
    #expect(back.last == sorted)
  }

  @Test(
    "what is no contract is refused by its line",
    arguments: [
      "state X", "kind a", "kind a durable\n  state [", "kind a durable\n  command x", "kind a durable\n  command x() #zz",
      "kind a durable\n  struct S\n    - x", "kind a durable\n  struct S\n    - x: Int64 = 0xf", "kind a durable\n  enum S\n    - x: Bool",
      "kind a durable\n  enum S\n      - x: Bool", "kind a durable\n    -> Bool",
    ])
  func refused(_ text: String) {
    let line = text.split(separator: "\n").count
    do {
      _ = try ContractText.contracts(in: text)
      Issue.record("it was read")
    } catch {
      #expect(error.line == line)
    }
  }

  @Test("a type that nests for ever is refused")
  func deep() {
    let deep = String(repeating: "[", count: 10_000)
    #expect(WireType(contractText: deep) == nil)
    #expect(WireType(contractText: "[String: Int64?]?") == .optional(.dictionary(.string, .optional(.int(64)))))
  }
}
