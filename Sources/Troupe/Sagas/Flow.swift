// A workflow as it reads in the code that declares it: named steps, each with what it does and how it is undone. A value; the engine that
// runs it durably is the entity `Sagas`.

/// Steps in order, over what starts them and what they remember.
///
/// ```swift
/// extension Flow<Order, CheckoutMemory> {
///   static let checkout = Flow("checkout", remembering: CheckoutMemory())
///     .step("reserve") { order, memory in
///       memory.hold = try await order.entity(Stock.self, order.input.sku).once(order.key).hold(order.input.quantity)
///     } undo: { order, memory in
///       try await order.entity(Stock.self, order.input.sku).once(order.key).release(order.id)
///     }
///     .step("charge", timeout: .seconds(30)) { order, memory in … } undo: { order, memory in … }
///     .step("confirm") { order, memory in … }
/// }
/// ```
/// - A step that throws is tried again as its retry says; then the flow turns back and undoes what it did, the last step first, beginning with
///   the one that failed: nobody knows how far that came, so **an undo must be fine with a step that never happened**. A step that throws
///   `TurnBack` is not tried again.
/// - A step may run more than once, after a crash for instance. `once(scope.key)` makes one effect of it.
/// - What a step has changed in the memory counts when it returns, and only then.
public struct Flow<Input: Wire & Sendable, Memory: Wire & Sendable>: Sendable {
  public typealias Action = @Sendable (StepScope<Input>, inout Memory) async throws -> Void

  public let name: String
  let memory: Memory
  private(set) var steps: [FlowStep] = []

  /// - Parameters:
  ///   - name: 1 to 63 of a-z, 0-9 and '-', fixed for ever: flows that run are found under it.
  ///   - memory: what the first step finds.
  public init(_ name: String, remembering memory: Memory) {
    self.name = name
    self.memory = memory
  }

  /// The same flow with one more step at its end.
  ///
  /// - Parameters:
  ///   - name: its own within the flow, and fixed: a flow that is under way goes on with the steps that it began with.
  ///   - timeout: for one try, after which it is cancelled and counts as failed; it may still take effect.
  ///   - retry: how often, and when.
  ///   - action: what it does.
  ///   - undo: how that is made good; nil where nothing has to be.
  public func step(
    _ name: String, timeout: Duration = .seconds(10), retry: StepRetry = StepRetry(), _ action: @escaping Action, undo: Action? = nil
  ) -> Flow {
    var copy = self
    copy.steps.append(FlowStep(name: name, timeout: timeout, retry: retry, act: Self.erased(action), undo: undo.map(Self.erased)))
    return copy
  }

  private static func erased(_ action: @escaping Action) -> FlowStep.Action {
    { call in
      let scope = StepScope(
        input: try Input(wireBytes: call.input), id: call.id, key: call.key, attempt: call.attempt, cluster: call.cluster)
      var memory = try Memory(wireBytes: call.memory)
      try await action(scope, &memory)
      return memory.wireBytes
    }
  }
}

/// How often a step is tried, and how long apart.
public struct StepRetry: Hashable, Sendable {
  /// Tries before the flow turns back; when undoing, before it is stuck. 1 to 1,000.
  public var attempts: Int
  /// Between the first two, doubled with each, up to the longest; between a half and the whole of that.
  public var firstPause: Duration
  public var longestPause: Duration

  public init(attempts: Int = 5, firstPause: Duration = .milliseconds(200), longestPause: Duration = .seconds(30)) {
    self.attempts = attempts
    self.firstPause = firstPause
    self.longestPause = longestPause
  }

  /// Before try number `attempt`, from 2. `random`: 0..<1.
  func pause(before attempt: Int, random: Double) -> Duration {
    let whole = min(firstPause * (1 << min(max(attempt - 2, 0), 20)), longestPause)
    return whole / 2 + whole / 2 * random
  }
}

/// What a step is given beside its memory.
public struct StepScope<Input: Sendable>: Sendable {
  public let input: Input
  /// The saga's id.
  public let id: String
  /// The same for every try of this step, another for its undo, and no other saga's.
  public let key: String
  /// From 1.
  public let attempt: Int
  public let cluster: Cluster

  public func entity<E: Entity>(_ kind: E.Type, _ id: String) -> E.Ref { cluster.entity(kind, id) }
}

/// Thrown by a step that knows that another try is in vain: the flow turns back at once.
public struct TurnBack: Error, CustomStringConvertible {
  public let description: String
  public init(_ reason: String) { description = reason }
}

/// A step without its types.
struct FlowStep: Sendable {
  struct Call: Sendable {
    let input: [UInt8]
    let memory: [UInt8]
    let id: String
    let key: String
    let attempt: Int
    let cluster: Cluster
  }
  typealias Action = @Sendable (Call) async throws -> [UInt8]

  let name: String
  let timeout: Duration
  let retry: StepRetry
  let act: Action
  let undo: Action?
}

/// A flow without its types.
struct AnyFlow: Sendable {
  let name: String
  let memory: [UInt8]
  let steps: [FlowStep]

  init<Input, Memory>(_ flow: Flow<Input, Memory>) {
    name = flow.name
    memory = flow.memory.wireBytes
    steps = flow.steps
  }

  /// Nil when it is sound, or what is wrong with it.
  func fault() -> String? {
    let isSpelled = name.utf8.allSatisfy { (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2d }
    if !(1...63).contains(name.utf8.count) || !isSpelled { return "its name must have 1 to 63 of a-z, 0-9 and '-'" }
    if steps.isEmpty { return "it has no steps" }
    if Set(steps.map(\.name)).count != steps.count { return "two of its steps have one name" }
    if let step = steps.first(where: { $0.timeout <= .zero || !(1...1_000).contains($0.retry.attempts) || $0.retry.firstPause <= .zero }) {
      return "its step '\(step.name)' needs a timeout, 1 to 1,000 tries and a pause"
    }
    return nil
  }
}
