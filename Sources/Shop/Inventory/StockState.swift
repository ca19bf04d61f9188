// What one article has in one place, and who has a claim on it. Pure: decisions are in StockDecisions.swift, so both can be tested without
// an actor.

import Troupe

extension Stock {
  /// Three numbers, and the claims that they are sums of. `available` is what nobody has a claim on; it is never negative.
  @Wire public struct State: Sendable, Equatable {
    /// Pieces that lie there.
    public private(set) var onHand = 0
    /// Of those, held for checkouts that are under way.
    public private(set) var held = 0
    /// Of those, sold and not shipped yet.
    public private(set) var allocated = 0
    public private(set) var holds: [ClaimID: Stock.Hold] = [:]
    public private(set) var allocations: [ClaimID: Stock.Allocation] = [:]
    /// How claims ended that did so lately: who asks again is told the same.
    private var endings: [ClaimID: Stock.Ended] = [:]
    /// In the order in which they ended; who came back and ended again stands here twice.
    private var inOrder: [ClaimID] = []

    public init() {}

    public var available: Int { onHand - held - allocated }
    public var level: StockLevel { StockLevel(onHand: onHand, held: held, allocated: allocated) }

    public mutating func apply(_ event: Event) {
      switch event {
      case .adjusted(let difference, _, _): onHand += difference
      case .held(let claim, let hold):
        held += hold.quantity - (holds[claim]?.quantity ?? 0)
        holds[claim] = hold
        endings[claim] = nil
      case .allocated(let claim, let quantity):
        held -= holds.removeValue(forKey: claim)?.quantity ?? 0
        allocated += quantity
        allocations[claim] = Allocation(open: quantity, shipped: 0)
        endings[claim] = nil
      case .ended(let claim, let ending, let time):
        held -= holds.removeValue(forKey: claim)?.quantity ?? 0
        allocated -= allocations.removeValue(forKey: claim)?.open ?? 0
        remember(claim, ending, time)
      case .shipped(let claim, let quantity, let time):
        onHand -= quantity
        allocated -= quantity
        allocations[claim]!.open -= quantity
        allocations[claim]!.shipped += quantity
        guard allocations[claim]!.open == 0 else { return }
        allocations[claim] = nil
        remember(claim, .shipped, time)
      case .returned(let claim, let quantity, let isRestocked, let time):
        if isRestocked { onHand += quantity }
        remember(claim, .returned, time)
      }
    }

    public func ending(of claim: ClaimID) -> Stock.Ending? { endings[claim]?.how }
    /// Of how many claims the end is remembered.
    var endingsRemembered: Int { endings.count }

    private mutating func remember(_ claim: ClaimID, _ ending: Stock.Ending, _ time: WallTime) {
      let oldest = time - StockLimits.remembersEndings
      let past = inOrder.prefix { endings[$0].map { $0.time < oldest } ?? true }
      for claim in past { endings[claim] = nil }
      inOrder.removeFirst(past.count)
      endings[claim] = Stock.Ended(how: ending, time: time)
      inOrder.append(claim)
    }
  }

  /// Pieces for a checkout, until then.
  @Wire public struct Hold: Sendable, Equatable {
    public var quantity: Int
    public var begun: WallTime
    public var until: WallTime
  }

  @Wire public struct Allocation: Sendable, Equatable {
    /// Not shipped yet.
    public var open: Int
    public var shipped: Int
  }

  /// How a claim came to its end.
  @Wire public enum Ending: Sendable, Equatable {
    /// Given up by its checkout.
    case released
    /// Nobody said what should become of it in time.
    case expired
    /// Sold, and taken back before it was shipped.
    case cancelled
    /// All of it has left.
    case shipped
    /// It came back.
    case returned
  }

  @Wire struct Ended: Sendable, Equatable {
    var how: Stock.Ending
    var time: WallTime
  }

  /// What has happened. New cases come at the end.
  @Wire public enum Event: Sendable, Equatable {
    case adjusted(by: Int, AdjustmentReason, actor: String)
    case held(ClaimID, Stock.Hold)
    case allocated(ClaimID, quantity: Int)
    case ended(ClaimID, Stock.Ending, at: WallTime)
    case shipped(ClaimID, quantity: Int, at: WallTime)
    case returned(ClaimID, quantity: Int, isRestocked: Bool, at: WallTime)
  }

  /// Why a stock refuses; nothing has changed then.
  @Wire public enum Failure: Error, Equatable {
    /// Not within 1 to a million.
    case quantityOutOfRange(Int)
    /// More than nobody has a claim on.
    case insufficient(available: Int)
    /// A hold ends later than it begins, and at most 15 minutes from now and 45 from its beginning.
    case durationOutOfRange(Duration)
    /// There is no such claim, or it has gone further already.
    case noSuchClaim
    /// It is sold already.
    case isAllocated
    /// It came to this end.
    case hasEnded(Stock.Ending)
    /// More is to be shipped than is left of it.
    case moreThanIsOpen(Int)
    /// A claim's name has 1 to 128 characters.
    case claimInvalid
  }
}

/// Names a claim: an order's line at this stock, for example `order-1/2`.
public typealias ClaimID = String

/// What lies there, and what is promised of it.
@Wire public struct StockLevel: Sendable, Hashable {
  public let onHand: Int
  public let held: Int
  public let allocated: Int

  public init(onHand: Int, held: Int, allocated: Int) {
    self.onHand = onHand
    self.held = held
    self.allocated = allocated
  }

  public var available: Int { onHand - held - allocated }
}

/// Why a number is changed by hand. New cases come at the end.
@Wire public enum AdjustmentReason: Sendable, Hashable {
  case received, counted, damaged, lost, found
}

public enum StockLimits {
  /// Pieces of one claim, and of one adjustment.
  public static let quantity = 1_000_000
  /// How long a hold lasts at most without a word of its checkout, and altogether.
  public static let holds: Duration = .seconds(15 * 60)
  public static let holdsAltogether: Duration = .seconds(45 * 60)
  public static let claimLength = 128
  /// How long an ending is remembered.
  public static let remembersEndings: Duration = .seconds(3_600)
}
