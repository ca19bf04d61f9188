// Payments with slips that are larger than an item of DynamoDB may be: its store writes each of them, and each snapshot, in parts.
import Testing
import Troupe

@testable import Killed

struct LargeCommandScenario: Scenario {
  private static let amounts = [1, 2]
  private static let bytes = 500_000

  private static func slip(_ amount: Int) -> [UInt8] { [UInt8](repeating: UInt8(amount), count: bytes) }

  func play(_ cluster: Cluster, _ outside: OutsideLedger) async throws {
    for amount in Self.amounts {
      let balance = try await Insistence.until {
        try await cluster.entity(Purse.self, "large").once("payment-\(amount)").within(patience)
          .payWithSlip(amount, slip: Self.slip(amount))
      }
      #expect(balance == (1...amount).reduce(0, +))
    }
  }

  func check(_ cluster: Cluster, _ outside: OutsideLedger, _ label: Comment) async throws {
    let purse = try await Insistence.until { try await cluster.entity(Purse.self, "large").within(patience).whole() }
    #expect(purse.payments == Self.amounts, label)
    #expect(purse.slip == Self.slip(Self.amounts.last!), label)
  }
}
