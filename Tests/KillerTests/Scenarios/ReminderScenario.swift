// Bells that ring later, once or again and again; what rings is told outside.
import Testing
import Troupe

@testable import Killed

struct ReminderScenario: Scenario {
  private static let bells = ["north", "south"]
  private static let expected = ["tea": 1, "chime 3": 1, "chime 2": 1, "chime 1": 1]

  func play(_ cluster: Cluster, _ outside: OutsideLedger) async throws {
    for bell in Self.bells {
      let bell = cluster.entity(Bell.self, bell)
      try await Insistence.until { try await bell.once("tea").within(patience).set("tea", milliseconds: 300) }
      try await Insistence.until { try await bell.once("chime").within(patience).setRepeated("chime", times: 3, milliseconds: 150) }
    }
    let told = Set(Self.bells.flatMap { bell in Self.expected.keys.map { "\(bell) rang \($0)" } })
    try await Insistence.wait("each ring was told outside") { Set(outside.arrivals.map(\.what)).isSuperset(of: told) }
  }

  func check(_ cluster: Cluster, _ outside: OutsideLedger, _ label: Comment) async throws {
    for name in Self.bells {
      let bell = try await Insistence.until { try await cluster.entity(Bell.self, name).within(patience).whole() }
      #expect(bell.rings == Self.expected, label)
      #expect(bell.early == 0, label)
    }
    #expect(outside.effects.count == Self.bells.count * Self.expected.count, label)
    for effect in outside.effects { #expect(effect.count == 1, "\(label): \(effect.what)") }
  }
}
