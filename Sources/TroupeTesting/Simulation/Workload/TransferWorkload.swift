// Sagas under faults: each moves something from one entity to another, or, where its input says that it cannot, undoes what it did.
public import Troupe

/// Something that can be given and taken.
@Entity("simulated-purse")
public actor SimulatedPurse: EventSourced {
  @Wire public struct State {
    /// By transfer.
    var moved: [Int: Int] = [:]
    /// Transfers that were taken back: what comes of them late comes to nothing.
    var undone: Set<Int> = []
    mutating func apply(_ event: Event) {
      switch event {
      case .moved(let transfer, let amount): moved[transfer, default: 0] += amount
      case .undone(let transfer):
        moved[transfer] = nil
        undone.insert(transfer)
      }
    }
  }
  @Wire public enum Event { case moved(Int, Int), undone(Int) }

  @Command func move(_ transfer: Int, _ amount: Int) {
    if !state.undone.contains(transfer) { emit(.moved(transfer, amount)) }
  }
  @Command func undo(_ transfer: Int) {
    if !state.undone.contains(transfer) { emit(.undone(transfer)) }
  }
  /// Transfers and amounts, one after the other.
  @Query func moves() -> [Int] { state.moved.sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value] } }
}

/// One transfer.
@Wire public struct SimulatedTransfer: Hashable {
  var number: Int
  var from: String
  var to: String
  /// The last step finds that it cannot be.
  var isImpossible: Bool
}

@Wire public struct NoMemory: Hashable {}

/// Transfers between purses, of which every fifth turns back.
public struct TransferWorkload: SimulationWorkload {
  private let purses: Int

  /// - Parameter purses: how many there are, at least two.
  public init(purses: Int = 12) { self.purses = purses }

  private static let retry = StepRetry(attempts: 1_000, firstPause: .milliseconds(100), longestPause: .seconds(1))

  static let flow = Flow<SimulatedTransfer, NoMemory>("simulated-transfer", remembering: NoMemory())
    .step("take", timeout: .seconds(3), retry: retry) { scope, _ in
      try await scope.entity(SimulatedPurse.self, scope.input.from).once(scope.key).move(scope.input.number, -1)
    } undo: { scope, _ in
      try await scope.entity(SimulatedPurse.self, scope.input.from).once(scope.key).undo(scope.input.number)
    }
    .step("give", timeout: .seconds(3), retry: retry) { scope, _ in
      try await scope.entity(SimulatedPurse.self, scope.input.to).once(scope.key).move(scope.input.number, 1)
    } undo: { scope, _ in
      try await scope.entity(SimulatedPurse.self, scope.input.to).once(scope.key).undo(scope.input.number)
    }
    .step("agree", timeout: .seconds(3), retry: retry) { scope, _ in
      if scope.input.isImpossible { throw TurnBack("it was not to be") }
    }

  public func register(_ registry: inout Registry) {
    registry.register(SimulatedPurse.self)
    registry.register(Self.flow)
  }

  static func isImpossible(_ number: Int) -> Bool { number % 5 == 0 }

  public nonisolated(nonsending) func act(_ process: SimulationProcess) async {
    let (from, number) = (process.draw(0..<purses), process.freshNumber())
    let to = (from + 1 + process.draw(0..<purses - 1)) % purses
    let transfer = SimulatedTransfer(
      number: number, from: "purse-\(from)", to: "purse-\(to)", isImpossible: Self.isImpossible(number))
    await process.perform("transfer", "purses", number) {
      try await process.cluster.saga(Self.flow, "\(number)").start(transfer)
      return []
    }
  }

  public nonisolated(nonsending) func settle(_ cluster: Cluster, _ remains: SimulationRemains) async throws {
    let open = try await cluster.sagas()
    guard open.isEmpty else { throw NotThereYet("\(open.count) sagas are under way, the first is \(open[0].id) at \(open[0].step)") }
    var moves: [Int] = []
    for number in 0..<purses { moves += try await cluster.entity(SimulatedPurse.self, "purse-\(number)").within(.seconds(5)).moves() }
    remains["purses"] = moves
  }

  public func check(_ history: History, _ remains: SimulationRemains) -> [String] {
    var amounts: [Int: [Int]] = [:]
    let moves = remains["purses"]
    for place in stride(from: 0, to: moves.count - 1, by: 2) { amounts[moves[place], default: []].append(moves[place + 1]) }
    let odd = amounts.filter { $0.value.sorted() != [-1, 1] }.sorted { $0.key < $1.key }
    // What was to be undone leaves nothing behind, whether its start was acknowledged or not.
    let impossible = amounts.keys.filter(Self.isImpossible).sorted()
    let operations = history.byKey(["transfer"]).flatMap(\.operations).filter { !Self.isImpossible($0.argument ?? 0) }
    return odd.map { "purses: of transfer \($0.key) there is \($0.value)" } + impossible.map { "purses: \($0) was not undone" }
      + OnceChecks.complaints("purses", operations, happened: amounts.keys.filter { !Self.isImpossible($0) }.sorted())
  }
}
