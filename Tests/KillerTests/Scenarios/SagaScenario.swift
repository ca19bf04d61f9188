// A journey of three bookings: all are made, or, when the last cannot be, all are returned.
import Testing
import Troupe

@testable import Killed

struct SagaScenario: Scenario {
  let isDoomed: Bool
  private static let (id, price) = ("j1", 7)

  private var flow: Flow<Int, JourneyMemory> { .journey(Outside(port: 0), isDoomed: isDoomed) }

  func play(_ cluster: Cluster, _ outside: OutsideLedger) async throws {
    let saga = cluster.saga(flow, Self.id)
    // Starting it twice is starting it once.
    try await Insistence.until { try await saga.start(Self.price) }
    try await Insistence.wait("the saga has ended") { try await !saga.status().isUnderWay }
  }

  func check(_ cluster: Cluster, _ outside: OutsideLedger, _ label: Comment) async throws {
    let saga = cluster.saga(flow, Self.id)
    let state = try await Insistence.until { try await saga.status() }
    #expect(state.phase == (isDoomed ? .undone : .finished), label)
    let memory = try await Insistence.until { try await saga.memory() }
    let steps = Journey.steps
    #expect(memory.booked == (isDoomed ? steps.dropLast() : steps), label)
    #expect(memory.returned == (isDoomed ? steps.reversed() : []), label)
    for step in steps {
      let purse = Journey.purse(of: step, Self.id)
      let payments = try await Insistence.until { try await cluster.entity(Purse.self, purse).within(patience).payments() }
      let expected = !isDoomed ? [Self.price] : step == steps.last ? [] : [Self.price, -Self.price]
      #expect(payments == expected, "\(label): \(step)")
    }
    // Outside each step came at least once, in order, and under one key whatever died.
    let expected = steps.map { "book \($0)" } + (isDoomed ? steps.reversed().map { "return \($0)" } : [])
    #expect(outside.effects.map(\.what) == expected, label)
    for effect in outside.effects { #expect(effect.count == 1, "\(label): \(effect.what)") }
  }
}
