// What `explain` tells a person of an entity.

import Testing
import TroupeJSON

@testable import ShopstreamCommand
@testable import Troupe

struct EntityExplanationTests {
  func place(_ change: (inout EntityPlace) -> Void = { _ in }) -> EntityPlace {
    var place = EntityPlace(
      epoch: 12, shard: 417, shardCount: 1_024, owner: "node-2", address: "127.0.0.1:4002", wasGiven: false, desired: "node-2",
      pin: nil, leasesThatMayRun: [],
      report: EntityReport(
        shard: "serving", parkedCalls: 0, entities: 1, logEnd: 5_120, durableEnd: 5_120, floor: 5_000,
        memory: EntityInMemory(phase: "idle", waitingCalls: 0, queries: 0, streams: 0, idle: .seconds(75))))
    change(&place)
    return place
  }

  func lines(_ change: (inout EntityPlace) -> Void = { _ in }, isDurable: Bool = true) -> [String] {
    EntityExplanation(entity: "cart/alice", isDurable: isDurable, place: place(change), commits: []).lines
  }

  @Test func `an entity at rest`() {
    #expect(
      lines() == [
        "cart/alice is in shard 417 of 1,024, which node-2 has (127.0.0.1:4002), at epoch 12.",
        "It came without a handoff: it was there from the start, or the owner before was buried.",
        "It is where the placement wants it.",
        "node-2 serves the shard, with 1 entity in memory; its log ends at 5,120, 120 records behind the last snapshots.",
        "cart/alice is in memory: idle for 1 min.", "Nothing is recorded of it.",
      ])
  }

  @Test func `a shard on its way`() {
    let moving = lines {
      $0.wasGiven = true
      $0.leasesThatMayRun = ["node-1"]
      $0.desired = "node-3"
      $0.report = EntityReport(shard: "leaving", parkedCalls: 4, entities: 0, logEnd: 0, durableEnd: 0, floor: 0, memory: nil)
    }
    #expect(moving.contains("The owner before sealed the shard and gave it away."))
    #expect(moving.contains("The placement wants it at node-3."))
    #expect(moving.contains("node-2 has sealed the shard to give it away; 4 calls wait."))
    #expect(moving.contains("cart/alice is not in memory."))
    #expect(!moving.contains { $0.contains("lease") }, "what was given waits for no lease")
    let buried = lines {
      $0.leasesThatMayRun = ["node-1"]
      $0.report?.shard = "arriving"
      $0.report?.parkedCalls = 1
    }
    #expect(buried.contains("It may wait for the lease of node-1, buried a moment ago."))
    #expect(buried.contains("node-2 is taking the shard over; 1 call waits."))
  }

  @Test func `nobody, somebody who is silent, and a pin`() {
    let nobody = lines { ($0.owner, $0.address, $0.desired, $0.report) = (nil, nil, nil, nil) }
    #expect(nobody == ["cart/alice is in shard 417 of 1,024, which nobody has, at epoch 12.", "Nothing is recorded of it."])
    #expect(lines { $0.report = nil }.contains("node-2 does not answer."))
    #expect(lines { $0.pin = "node-2" }.contains("An operator has pinned it to node-2."))
    #expect(lines { $0.pin = "node-1" }.contains("An operator has pinned it to node-1, which does not have it yet."))
  }

  @Test func `an entity at work`() {
    let busy = lines(
      {
        $0.report?.durableEnd = 5_118
        $0.report?.memory = EntityInMemory(phase: "busy", waitingCalls: 2, queries: 1, streams: 3, idle: .zero)
      }, isDurable: true)
    #expect(busy.contains { $0.hasSuffix("120 records behind the last snapshots, 2 on the way to the disk.") })
    #expect(
      busy.contains("cart/alice is in memory: busy with a command that is suspended, 2 calls wait, 1 query under way, 3 streams open."))
    let volatile = lines(isDurable: false)
    #expect(volatile.contains("node-2 serves the shard, with 1 entity in memory."))
    #expect(volatile.last == "It is volatile: what it knows is in memory alone.")
  }

  @Test func `as JSON`() {
    let text = EntityExplanation(entity: "cart/alice", isDurable: true, place: place { $0.pin = "node-2" }, commits: []).json.text
    #expect(text.hasPrefix(#"{"entity":"cart/alice","shard":417,"shards":1024,"epoch":12,"owner":"node-2","#))
    #expect(text.contains(#""pin":"node-2""#) && text.contains(#""idle_seconds":75"#))
  }
}
