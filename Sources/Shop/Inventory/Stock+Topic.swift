// What others may know of stocks: that one has changed, and how; who wants to know how much is left asks it.

import Troupe

/// What an article has in one place has changed.
public struct StockChanged: Hashable, Sendable {
  public enum Change: Hashable, Sendable {
    case adjusted(by: Int, AdjustmentReason)
    case held, allocated, ended(Stock.Ending), shipped, returned
  }

  /// As `Stock.id` makes it.
  public let stock: String
  public let change: Change
  /// When it was recorded.
  public let time: WallTime
}

extension Topic<StockChanged> {
  /// Every change of every stock, in order a stock.
  public static let stocks = Topic("stock.events").from(Stock.self) { event, origin in
    let change: StockChanged.Change =
      switch event {
      case .adjusted(let difference, let reason, _): .adjusted(by: difference, reason)
      case .held: .held
      case .allocated: .allocated
      case .ended(_, let ending, _): .ended(ending)
      case .shipped: .shipped
      case .returned: .returned
      }
    return StockChanged(stock: origin.entity, change: change, time: origin.time)
  }
}
