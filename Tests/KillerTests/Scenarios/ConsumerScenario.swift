// Payments that three groups take: one tells them outside, one mirrors them on other purses, and one refuses one of them.
import Testing
import Troupe

@testable import Killed

struct ConsumerScenario: Scenario {
  private static let amounts = [1, Consumers.refused, 2]
  private static let purses = ["a", "b"].map { Consumers.watched + $0 }

  func play(_ cluster: Cluster, _ outside: OutsideLedger) async throws {
    for amount in Self.amounts {
      for purse in Self.purses {
        _ = try await Insistence.until {
          try await cluster.entity(Purse.self, purse).once("payment-\(amount)").within(patience).pay(amount)
        }
      }
    }
    let told = Set(Self.purses.flatMap { purse in Self.amounts.map { "\(purse) paid \($0)" } })
    try await Insistence.wait("each payment was told outside") { Set(outside.arrivals.map(\.what)).isSuperset(of: told) }
    for purse in Self.purses {
      let mirror = cluster.entity(Purse.self, Consumers.mirror(of: purse)).within(patience)
      try await Insistence.wait("each payment was mirrored") { try await mirror.payments().count >= Self.amounts.count }
    }
    let letters = cluster.entity(DeadLetters.self, "picky").within(patience)
    try await Insistence.wait("each refused payment was a dead letter") { try await letters.count() >= Self.purses.count }
  }

  func check(_ cluster: Cluster, _ outside: OutsideLedger, _ label: Comment) async throws {
    for name in Self.purses {
      for purse in [name, Consumers.mirror(of: name)] {
        let payments = try await Insistence.until { try await cluster.entity(Purse.self, purse).within(patience).payments() }
        #expect(payments == Self.amounts, "\(label): \(purse), in order")
      }
      // In order of their first coming.
      let told = outside.effects.map(\.what).filter { $0.hasPrefix(name) }
      #expect(told == Self.amounts.map { "\(name) paid \($0)" }, label)
    }
    for effect in outside.effects { #expect(effect.count == 1, "\(label): \(effect.what)") }
    let letters = try await Insistence.until { try await cluster.entity(DeadLetters.self, "picky").within(patience).list() }
    #expect(letters.map(\.entity).sorted() == Self.purses, label)
  }
}
