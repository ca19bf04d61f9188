// The consumers: payments and rings go outside, payments also to another entity, and one payment is taken by nobody and becomes a dead letter.
import Troupe

struct Payment: Sendable {
  let purse: String
  let amount: Int
}

extension Topic<Payment> {
  /// Of the purses that are watched; the mirrors of these are purses as well.
  static let payments = Topic("payments").from(Purse.self) { event, origin in
    guard origin.entity.hasPrefix(Consumers.watched), case .paid(let amount) = event else { return nil }
    return Payment(purse: origin.entity, amount: amount)
  }
}

extension Topic<String> {
  static let rings = Topic("rings").from(Bell.self) { event, origin in
    if case .rang(let name, _) = event { "\(origin.entity) rang \(name)" } else { nil }
  }
}

enum Consumers {
  static let watched = "watched-"
  /// The amount that the group "picky" refuses.
  static let refused = 13

  static func mirror(of purse: String) -> String { "mirror-\(purse)" }

  struct Refused: Error {}

  static func subscribeToPayments(_ registry: inout Registry, _ outside: Outside) {
    registry.subscribe("outside", to: .payments) { delivery, _ in
      try await outside.take("\(delivery.message.purse) paid \(delivery.message.amount)", key: delivery.key)
    }
    registry.subscribe("mirror", to: .payments) { delivery, cluster in
      _ = try await cluster.entity(Purse.self, mirror(of: delivery.message.purse)).once(delivery.key).pay(delivery.message.amount)
    }
    var once = ConsumerPolicy()
    once.attempts = 1
    registry.subscribe("picky", to: .payments, policy: once) { delivery, _ in
      if delivery.message.amount == refused { throw Refused() }
    }
  }

  static func subscribeToRings(_ registry: inout Registry, _ outside: Outside) {
    registry.subscribe("bells", to: .rings) { delivery, _ in try await outside.take(delivery.message, key: delivery.key) }
  }
}
