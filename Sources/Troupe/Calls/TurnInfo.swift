// A turn, as the calls that it makes know it: they inherit its deadline and its caller's name, and carry the chain of turns that
// wait for them, so that a cycle is found when it would close and not when a deadline ends it.

final class TurnInfo: Sendable {
  /// Of the turn whose task this is. Synchronous turns make no calls and need none; see `Stage.synchronousTurn`.
  @TaskLocal static var current: TurnInfo?

  /// Longer chains are refused: nobody means to write one, and it would grow every frame.
  static let longestChain = 32

  let deadline: Instant
  /// In whose name it runs; checked here, and handed on as it came.
  let identity: CallerIdentity?
  /// The entity whose turn this is.
  let kind: UInt32
  let id: String
  /// The turn that waits for this one; nil when no entity does.
  let caller: TurnInfo?
  /// Of the chain that ends here.
  let chainLength: Int
  /// It was called in bulk, and so calls in bulk.
  let isBulk: Bool
  private let place: TraceBox?

  init(
    deadline: Instant, kind: UInt32, id: String, caller: TurnInfo?, identity: CallerIdentity?, trace: TraceContext? = nil,
    isBulk: Bool = false
  ) {
    self.isBulk = isBulk
    self.deadline = deadline
    self.kind = kind
    self.id = id
    self.caller = caller
    self.identity = identity
    chainLength = (caller?.chainLength ?? 0) + 1
    place = trace.map { TraceBox($0) }
  }

  var trace: TraceContext? { place?.context }

  /// The turns of other processes that wait, outermost first; nil when none does. Of them only the names are known here.
  static func chain(_ links: [ChainLink]) -> TurnInfo? {
    links.reduce(nil) { TurnInfo(deadline: .distantFuture, kind: $1.kind, id: $1.entity, caller: $0, identity: nil) }
  }

  func chainContains(kind: UInt32, id: String) -> Bool {
    var turn: TurnInfo? = self
    while let current = turn {
      if current.kind == kind && current.id == id { return true }
      turn = current.caller
    }
    return false
  }

  /// From the outermost caller to this turn.
  var chain: [ChainLink] {
    var links: [ChainLink] = []
    var turn: TurnInfo? = self
    while let current = turn {
      links.append(ChainLink(kind: current.kind, entity: current.id))
      turn = current.caller
    }
    return links.reversed()
  }
}

/// A trace context on the heap: a turn that has none, as most, pays one word for it and not four.
private final class TraceBox: Sendable {
  let context: TraceContext

  init(_ context: TraceContext) { self.context = context }
}
