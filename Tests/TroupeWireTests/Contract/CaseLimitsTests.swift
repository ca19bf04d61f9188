// Which cases another version of a kind does not know, and the look for them in bytes.
import Testing

@testable import TroupeWire

@Suite("Limits of cases")
struct CaseLimitsTests {
  private func contract(_ prefix: String, events: [CaseContract], reasons: [String]) -> EntityContract {
    EntityContract(
      kind: "lamp", isDurable: true, methods: [], state: .named("\(prefix).State"), event: .named("\(prefix).Event"),
      types: [
        "\(prefix).State": .structure([FieldContract(name: "log", type: .array(.named("\(prefix).Event")))]),
        "\(prefix).Event": .enumeration(events), "\(prefix).Reason": .enumeration(reasons.map { CaseContract(name: $0) }),
      ])
  }

  private func on(_ prefix: String) -> CaseContract {
    CaseContract(name: "on", fields: [FieldContract(name: "why", type: .optional(.named("\(prefix).Reason")))])
  }

  @Test("types are known by where they stand, and only what is new is limited")
  func sideBySide() {
    let old = contract("Old", events: [on("Old")], reasons: ["dark"])
    let new = contract("New", events: [on("New"), CaseContract(name: "off")], reasons: ["dark", "cold"])
    let limits = CaseLimits(of: new, readBy: old, because: "n1 does not know")
    #expect(limits.limits.mapValues(\.count) == ["New.Event": 1, "New.Reason": 1])
    #expect(CaseLimits(of: old, readBy: new, because: "").isEmpty)
    #expect(CaseLimits(of: new, readBy: new, because: "").isEmpty)
  }

  @Test("a new case is found however deep it stands")
  func found() {
    let new = contract("New", events: [on("New"), CaseContract(name: "off")], reasons: ["dark", "cold"])
    var limits = CaseLimits()
    limits.lower("New.Event", to: 1, because: "n1 does not know")
    limits.lower("New.Event", to: 5, because: "nobody reads this")
    limits.lower("New.Reason", to: 1, because: "n2 does not know")
    func look(_ bytes: [UInt8], _ type: WireType) -> String? { limits.newCase(in: bytes, of: type, new.types) }
    let (off, dark, cold): ([UInt8], [UInt8], [UInt8]) = ([1, 1], [4, 0, 1, 1, 0], [4, 0, 1, 1, 1])
    #expect(look(dark, .named("New.Event")) == nil)
    #expect(look([2, 0, 0], .named("New.Event")) == nil)
    #expect(look(off, .named("New.Event")) == "'off' of New.Event, which n1 does not know")
    #expect(look(cold, .named("New.Event")) == "'cold' of New.Reason, which n2 does not know")
    #expect(look([6, 1] + dark, .named("New.State")) == nil)
    #expect(look([11, 2] + dark + cold, .named("New.State")) == "'cold' of New.Reason, which n2 does not know")
    #expect(look([7, 1, 9], .named("New.State")) == nil, "bytes that end too early hold nothing that could be named")
  }
}
