// One projector and its file: two that write the same shard, and how many events a second go in.

import Testing

@testable import Troupe
@testable import TroupeProjections

@Suite struct ProjectorTests {
  static func batch(
    _ shard: UInt16, from: UInt64, count: UInt64, expected: ConsumerPlace?, generation: UInt32 = 0, returned: UInt32? = nil,
    isFirst: Bool = false
  ) -> TopicBatch<Added> {
    TopicBatch(
      shard: ShardID(shard), expected: expected, next: ConsumerPlace(generation: generation, offset: Offset(from + count)),
      isFirst: isFirst,
      deliveries: (from..<from + count).map { offset in
        let origin = MessageOrigin(
          entity: "p\(shard)-\(offset % 100)", shard: ShardID(shard), offset: Offset(offset), index: 0, time: WallTime(milliseconds: 0))
        return TopicDelivery(
          message: Added(purse: origin.entity, amount: 1), origin: origin,
          position: MessagePosition(shard: ShardID(shard), offset: Offset(offset), index: 0), attempt: 1, returned: returned, key: "")
      })
  }

  @Test func whoExpectsAnotherPlaceChangesNothing() async throws {
    let view = try View()
    let projector = try await Projector(Sums(), in: view.file)
    try await projector.take(Self.batch(1, from: 0, count: 2, expected: nil))
    await #expect(throws: PlaceMoved.self) { try await projector.take(Self.batch(1, from: 0, count: 2, expected: nil)) }
    #expect(try view.sums() == ["p1-0 1/1", "p1-1 1/1"])
    let place = try await projector.place(in: ShardID(1))
    #expect(place == ConsumerPlace(generation: 0, offset: Offset(2)))
    let other = try await projector.place(in: ShardID(2))
    #expect(other == nil)
    // A higher generation begins with nothing of this shard.
    try await projector.take(Self.batch(1, from: 0, count: 1, expected: place, generation: 1))
    #expect(try view.sums() == ["p1-0 1/1"])
    view.remove()
  }

  @Test func whatWasBuriedAndTakenAllTheSameIsNotTakenAgain() async throws {
    let view = try View()
    let projector = try await Projector(Sums(), in: view.file)
    // The owner before ended when the letter was safe and its offset was not; now the record goes in, and then somebody sends the letter again.
    try await projector.take(Self.batch(1, from: 5, count: 2, expected: nil, isFirst: true))
    try await projector.take(Self.batch(1, from: 5, count: 1, expected: ConsumerPlace(generation: 0, offset: Offset(7)), returned: 0))
    #expect(try view.sums() == ["p1-5 1/1", "p1-6 1/1"])
    view.remove()
  }

  @Test func twoOwnersOfOneShardDoubleNothing() async throws {
    let view = try View(worksInPlace: false)
    let projectors = [try await Projector(Sums(), in: view.file), try await Projector(Sums(), in: try view.again())]
    let end: UInt64 = 2_000
    await withTaskGroup(of: Void.self) { group in
      for projector in projectors {
        group.addTask {
          while true {
            let place = try? await projector.place(in: ShardID(1))
            let from = place?.offset.value ?? 0
            guard from < end else { return }
            try? await projector.take(Self.batch(1, from: from, count: 20, expected: place))
          }
        }
      }
    }
    let sums = try view.sums()
    #expect(sums.count == 100 && sums.allSatisfy { $0.hasSuffix(" 20/20") })
    view.remove()
  }

  @Test func aMessageThatFailsTakesNothingElseWithIt() async throws {
    let view = try View(worksInPlace: false)
    let projector = try await Projector(Sums(), in: view.file)
    try view.execute("INSERT INTO refused VALUES (1)")
    await withTaskGroup(of: Void.self) { group in
      for shard in 0..<8 as Range<UInt16> {
        group.addTask {
          var batch = Self.batch(shard, from: 0, count: 10, expected: nil)
          if shard != 3 {
            batch = TopicBatch(
              shard: batch.shard, expected: nil, next: batch.next, isFirst: false,
              deliveries: batch.deliveries.map {
                TopicDelivery(
                  message: Added(purse: $0.message.purse, amount: 2), origin: $0.origin, position: $0.position, attempt: 1, returned: nil,
                  key: "")
              })
          }
          do { try await projector.take(batch) } catch { #expect(error is Sums.Refused && shard == 3) }
        }
      }
    }
    #expect(try view.sums().count == 70)
    view.remove()
  }

  /// Not a measurement that anybody relies on: `bench/` has those. It says whether batches reach the database at all.
  @Test func manyEventsGoInAtOnce() async throws {
    let view = try View(worksInPlace: false)
    let projector = try await Projector(Sums(), in: view.file)
    let (shards, batches, size): (UInt16, UInt64, UInt64) = (32, 10, 1_024)
    let clock = ContinuousClock()
    let time = await clock.measure {
      await withTaskGroup(of: Void.self) { group in
        for shard in 0..<shards {
          group.addTask {
            var place: ConsumerPlace?
            for number in 0..<batches {
              let batch = Self.batch(shard, from: number * size, count: size, expected: place)
              do { try await projector.take(batch) } catch { Issue.record(error) }
              place = batch.next
            }
          }
        }
      }
    }
    let count = Int(shards) * Int(batches * size)
    let sums = try view.sums()
    #expect(sums.count == 3_200)
    print("\(count) events into a table in \(time): \(Int(Double(count) / (time / .seconds(1)))) a second")
    view.remove()
  }
}
