// Payments, one after the other: some under keys of the client's, who calls again until he is answered; some without, where the library tries
// again by itself and says at the end whether they ran.
import Synchronization
import Testing
import Troupe

@testable import Killed

final class CommandScenario: Scenario {
  private struct Heard {
    /// Of keyed payments, by their amounts.
    var balances: [Int: Int] = [:]
    /// Of the others: how many were answered, and of how many nobody knows.
    var answered: [Int] = []
    var unknown = 0
  }

  private static let keyed = [1, 2, 3, 4]
  private static let plain = 3
  private let heard = Mutex(Heard())

  private func pay(_ amount: Int, _ cluster: Cluster) async throws -> Int {
    try await Insistence.until { try await cluster.entity(Purse.self, "keyed").once("payment-\(amount)").within(patience).pay(amount) }
  }

  func play(_ cluster: Cluster, _ outside: OutsideLedger) async throws {
    for amount in Self.keyed {
      let balance = try await pay(amount, cluster)
      heard.withLock { $0.balances[amount] = balance }
    }
    for _ in 0..<Self.plain {
      do {
        let balance = try await cluster.entity(Purse.self, "plain").within(.seconds(20)).pay(1)
        heard.withLock { $0.answered.append(balance) }
      } catch let error as CallError where error.executed == .maybe {
        heard.withLock { $0.unknown += 1 }
      } catch is CallError {}
    }
  }

  func check(_ cluster: Cluster, _ outside: OutsideLedger, _ label: Comment) async throws {
    let heard = heard.withLock { $0 }
    let keyed = try await Insistence.until { try await cluster.entity(Purse.self, "keyed").within(patience).payments() }
    #expect(keyed == Self.keyed, label)
    var balance = 0
    for amount in keyed {
      balance += amount
      #expect(heard.balances[amount] == balance, "\(label): the answer is what the log says")
      let again = try await pay(amount, cluster)
      #expect(again == balance, "\(label): and is remembered")
    }
    let plain = try await Insistence.until { try await cluster.entity(Purse.self, "plain").within(patience).payments() }
    let (answered, unknown) = (heard.answered, heard.unknown)
    #expect((answered.count...answered.count + unknown).contains(plain.count), "\(label): \(answered), \(unknown) unknown, are \(plain)")
    #expect(answered == answered.sorted() && Set(answered).count == answered.count && answered.allSatisfy { $0 <= plain.count }, label)
    #expect(try await Insistence.until { try await cluster.entity(Purse.self, "keyed").within(patience).payments() } == keyed, label)
  }
}
