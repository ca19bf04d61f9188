// Views as bytes: what was written is read, and what does not hold together is refused.

import Testing
import TroupeWire

@testable import TroupeCluster

@Suite struct ViewWireTests {
  private func sample() throws -> View {
    try view(["a", "b", "c"]).setting(.pin(4, "c")).burying([IncarnationName("b", 1)], by: "a", confirmed: .by("c"))
  }

  @Test func aViewTravels() throws {
    let view = try sample()
    #expect(try View(wireBytes: view.wireBytes) == view)
  }

  @Test func equalViewsAreEqualBytes() throws {
    #expect(try sample().wireBytes == sample().wireBytes)
  }

  @Test func wishesTravelAndAreNotWrittenWhenThereAreNone() throws {
    let plain = try sample().setting(.unpin(3))
    let wished = try sample().setting(.balance([1: "c", 2: "a"]))
    let read = try View(wireBytes: wished.wireBytes)
    #expect(read == wished && read.wishes == [1: "c", 2: "a"])
    // Who does not know the field reads up to it and skips the rest of the body: in front of it stands what stood there before.
    func body(_ bytes: [UInt8]) -> ArraySlice<UInt8> { bytes.drop { $0 >= 128 }.dropFirst() }
    let (short, long) = (body(plain.wireBytes), body(wished.wireBytes))
    #expect(long.starts(with: short) && long.count == short.count + 1 + 2 * 3)
    let over = try wished.setting(.balance([:]))
    #expect(try over.wireBytes == plain.setting(.unpin(3)).wireBytes)
  }

  @Test func aViewWithoutSenseIsRefused() throws {
    func broken(_ change: (inout View) -> Void) throws -> [UInt8] {
      var view = try sample()
      change(&view)
      return view.wireBytes
    }
    let faults = [
      try broken { $0.owners = [] }, try broken { $0.owners[0] = 7 }, try broken { $0.members.reverse() },
      try broken { $0.members[0].addresses = [] }, try broken { $0.transfers[500] = 1 }, try broken { $0.pins[500] = "a" },
      try broken { $0.members[1].weight = -4 }, try broken { $0.wishes[500] = "a" },
    ]
    for bytes in faults { #expect(throws: WireError.self) { try View(wireBytes: bytes) } }
  }

  @Test func everyCutOfAViewIsRefused() throws {
    let bytes = try sample().wireBytes
    for count in 0..<bytes.count { #expect(throws: WireError.self) { try View(wireBytes: Array(bytes.prefix(count))) } }
  }

  @Test func aFullViewIsSmallEnoughToReadOften() throws {
    let view = view((0..<20).map { NodeID("node-\($0)") }, shards: 1_024)
    #expect(view.wireBytes.count < 16_384)
  }
}
