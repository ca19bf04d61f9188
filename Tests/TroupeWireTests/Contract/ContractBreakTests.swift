// Each rule of evolution, as a change of a small contract and what it is found to break; and the changes that break nothing.
import Testing

@testable import TroupeWire

@Suite("Breaks of contracts")
struct ContractBreakTests {
  typealias Harm = ContractBreak.Harm

  private func field(_ name: String, _ type: WireType = .string, _ missing: [UInt8]? = nil) -> FieldContract {
    FieldContract(name: name, type: type, missing: missing)
  }

  /// A kind with one method, a struct as its state and an enum as its event.
  private func kind(
    isDurable: Bool = true, id: UInt64 = 1, isQuery: Bool = false, isStream: Bool = false, parameters: [FieldContract] = [],
    result: WireType = .bool, failure: WireType = .never, state: [FieldContract] = [], cases: [CaseContract] = [CaseContract(name: "on")],
    isStruct: Bool = true
  ) -> EntityContract {
    EntityContract(
      kind: "lamp", isDurable: isDurable,
      methods: [
        MethodContract(
          id: id, name: "press", signature: "press()", isQuery: isQuery, isAsync: false, parameters: parameters, result: result,
          failure: failure, isStream: isStream)
      ], state: .named("State"), event: .named("Event"),
      types: ["State": isStruct ? .structure(state) : .enumeration([]), "Event": .enumeration(cases)])
  }

  private func expect(_ old: EntityContract, _ new: EntityContract, _ place: String, _ change: String, _ harm: Harm) {
    let found = ContractBreak.between([old], [new])
    #expect(found.count == 1, "\(found)")
    #expect(found.first?.place == place)
    #expect(found.first?.change.contains(change) == true, "\(found)")
    #expect(found.first?.harm == harm)
    #expect(found.first?.cure.isEmpty == false)
  }

  @Test("kinds: gone, durable or not")
  func kinds() {
    #expect(ContractBreak.between([kind()], []).map(\.harm) == [.both])
    #expect(ContractBreak.between([], [kind()]).isEmpty)
    expect(kind(), kind(isDurable: false), "lamp", "not durable", .both)
    expect(kind(isDurable: false), kind(), "lamp", "become durable", .both)
  }

  @Test("methods: gone, of another sort, with another result or error")
  func methods() {
    expect(kind(), kind(id: 2), "lamp.press()", "gone", .olderWriters)
    expect(kind(), kind(isQuery: true), "lamp.press()", "command has become a query", .both)
    expect(kind(isQuery: true), kind(), "lamp.press()", "query has become a command", .both)
    expect(kind(), kind(isStream: true), "lamp.press()", "a stream", .both)
    expect(kind(), kind(result: .nothing), "lamp.press() result", "Bool has become Void", .both)
    expect(kind(), kind(failure: .string), "lamp.press() error", "Never has become String", .both)
  }

  @Test("parameters: appended with a default, or not")
  func parameters() {
    let old = kind(parameters: [field("a")])
    #expect(ContractBreak.between([old], [kind(parameters: [field("a"), field("b", .optional(.bool))])]).isEmpty)
    #expect(ContractBreak.between([old], [kind(parameters: [field("a"), field("b", .bool, [1])])]).isEmpty)
    expect(old, kind(parameters: [field("a"), field("b")]), "lamp.press().b", "no default", .olderWriters)
    expect(old, kind(parameters: []), "lamp.press().a", "gone", .both)
    expect(old, kind(parameters: [field("b"), field("a")]), "lamp.press()", "'b' stands where 'a' stood", .both)
  }

  @Test("fields: appended, inserted, gone, retyped, renamed, made required, with another default")
  func fields() {
    let old = kind(state: [field("a"), field("b", .int(64), [0])])
    #expect(ContractBreak.between([old], [kind(state: [field("a"), field("b", .int(64), [0]), field("c", .optional(.string))])]).isEmpty)
    expect(old, kind(state: [field("a"), field("b", .int(64), [0]), field("c")]), "lamp: State.c", "no default", .olderWriters)
    expect(old, kind(state: [field("a"), field("c", .bool, [0]), field("b", .int(64), [0])]), "lamp: State", "'c' stands where 'b'", .both)
    expect(old, kind(state: [field("a")]), "lamp: State.b", "gone", .both)
    expect(old, kind(state: [field("a", .bytes), field("b", .int(64), [0])]), "lamp: State.a", "String has become Bytes", .both)
    expect(old, kind(state: [field("x"), field("b", .int(64), [0])]), "lamp: State", "'x' stands where 'a'", .both)
    expect(old, kind(state: [field("a"), field("b", .int(64))]), "lamp: State.b", "must be there", .olderWriters)
    expect(old, kind(state: [field("a"), field("b", .int(64), [2])]), "lamp: State.b", "another default", .olderWriters)
    #expect(
      ContractBreak.between([old], [kind(state: [field("a", .string, [0]), field("b", .int(64), [0])])]).isEmpty, "a default is no harm")
  }

  @Test("cases: appended, moved, gone, with other values")
  func cases() {
    let on = CaseContract(name: "on")
    let off = CaseContract(name: "off", fields: [field("0", .bool)])
    let old = kind(cases: [on, off])
    #expect(ContractBreak.between([old], [kind(cases: [on, off, CaseContract(name: "dimmed")])]).isEmpty)
    #expect(
      ContractBreak.between(
        [old], [kind(cases: [on, CaseContract(name: "off", fields: [field("0", .bool), field("why", .string, [0])])])]
      )
      .isEmpty)
    expect(old, kind(cases: [off, on]), "lamp: Event", "'off' stands where 'on' stood", .both)
    expect(old, kind(cases: [on, CaseContract(name: "dimmed"), off]), "lamp: Event", "'dimmed' stands where 'off' stood", .both)
    expect(old, kind(cases: [on]), "lamp: Event.off", "gone", .olderWriters)
    expect(old, kind(cases: [on, CaseContract(name: "off")]), "lamp: Event.off.0", "gone", .both)
    expect(
      old, kind(cases: [on, CaseContract(name: "off", fields: [field("0", .int(8))])]), "lamp: Event.off.0", "Bool has become Int8", .both)
  }

  @Test(
    "integers may become wider, but not from or to a byte",
    arguments: [
      (WireType.int(16), .int(32), true), (.int(32), .int(64), true), (.uint(16), .uint(64), true), (.int(64), .int(32), false),
      (.int(8), .int(16), false), (.uint(16), .uint(8), false), (.int(32), .uint(32), false), (.uint(64), .fixed64, false),
    ] as [(WireType, WireType, Bool)])
  func integers(old: WireType, new: WireType, isFine: Bool) {
    let found = ContractBreak.between([kind(result: .array(.optional(old)))], [kind(result: .array(.optional(new)))])
    #expect(found.isEmpty == isFine, "\(found)")
  }

  @Test("within collections, and in types that contain themselves")
  func nested() {
    expect(
      kind(result: .dictionary(.string, .set(.bool))), kind(result: .dictionary(.bytes, .set(.bool))), "lamp.press() result",
      "String has become Bytes", .both)
    let tree = [field("a"), field("more", .array(.named("State")))]
    #expect(ContractBreak.between([kind(state: tree)], [kind(state: tree)]).isEmpty)
    expect(kind(), kind(isStruct: false), "lamp state", "State has become State", .both)
  }
}
