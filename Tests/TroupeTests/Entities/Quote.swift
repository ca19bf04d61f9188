// An entity with an initialiser of its own and something it depends on, for the runtime's own tests.
import Troupe

/// Given at registration, the same for all entities of the kind.
protocol Prices: Sendable {
  func price(of article: String) -> Int?
}

@Entity("quote")
actor Quote {
  /// What its context tells it of the world.
  @Wire struct Reading: Equatable {
    var number: UInt64
    var nowNanoseconds: Int64
    var wallMilliseconds: Int64
  }

  private let prices: any Prices

  init(context: EntityContext, prices: any Prices) {
    self.context = context
    self.prices = prices
  }

  @Query func price(of article: String) -> Int? { prices.price(of: article) }
  @Query func reading() -> Reading {
    Reading(
      number: context.random(), nowNanoseconds: context.now.nanoseconds, wallMilliseconds: context.wallClock.milliseconds)
  }
}
