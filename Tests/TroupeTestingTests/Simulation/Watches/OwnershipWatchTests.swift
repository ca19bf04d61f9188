// Two owners at one instant are noticed, and named; one after the other is as it should be.
import Testing
import Troupe

@testable import TroupeTesting

@Suite struct OwnershipWatchTests {
  @Test func oneAfterTheOtherIsAsItShouldBe() {
    let watch = OwnershipWatch(shardCount: 4)
    watch.look(at: [("n1", [0, 1]), ("n2", [2])], "1 s")
    watch.look(at: [("n1", [0]), ("n2", [2])], "2 s")
    watch.look(at: [("n1", [0]), ("n2", [1, 2])], "3 s")
    #expect(watch.complaints == [])
  }

  @Test func twoAtOnceAreNamedOnce() {
    let watch = OwnershipWatch(shardCount: 4)
    for second in 1...3 { watch.look(at: [("n1", [0, 1]), ("n2", []), ("n3", [1])], "\(second) s") }
    #expect(watch.complaints == ["1 s: shard 1 is served by n1 and by n3 at once, and both have a lease"])
  }
}
