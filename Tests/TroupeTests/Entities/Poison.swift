// Entities whose methods end the node that runs them, as a trap ends a process. For the tests of quarantine.
import Troupe
import TroupeTesting

/// What such a method does, while it is armed: in a simulation a node can end without the test's process.
final class Trap: @unchecked Sendable {
  // Sound because a simulated world is one thread.
  weak var cluster: SimulatedCluster?
  /// How often it still springs.
  var springs = Int.max

  func spring() {
    guard springs > 0, let loop = CurrentLoop.loop as? SimulatedLoop else { return }
    springs -= 1
    cluster?.crash(String(loop.host.prefix { $0 != "." }))
  }
}

@Entity("poison")
actor Poison: EventSourced {
  @Wire struct State: Equatable {
    var values: [Int] = []
    mutating func apply(_ event: Event) {
      switch event {
      case .put(let value): values.append(value)
      case .wasSet: break
      }
    }
  }
  @Wire enum Event: Equatable { case put(Int), wasSet }

  private let trap: Trap

  init(context: EntityContext, trap: Trap) {
    self.context = context
    self.trap = trap
  }

  @Command func put(_ value: Int) { emit(.put(value)) }
  @Command func putAndTrap(_ value: Int) -> Int {
    trap.spring()
    emit(.put(value))
    return state.values.count
  }
  @Command func trapIn(milliseconds: Int) {
    emit(.wasSet)
    remind("trap", at: WallTime(milliseconds: context.wallClock.milliseconds + Int64(milliseconds))) { $0.putAndTrap(-1) }
  }
  @Query func values() -> [Int] { state.values }
}

@Entity("spore")
actor Spore {
  private let trap: Trap

  init(context: EntityContext, trap: Trap) {
    self.context = context
    self.trap = trap
  }

  @Query func look() -> Int { 1 }
  /// What a call to another one ends with.
  @Query func ask(_ other: String) async throws -> String {
    do {
      return "\(try await context.entity(Spore.self, other).look())"
    } catch let error as CallError {
      return error.code.rawValue
    }
  }
  @Query func lookAndTrap() -> Int {
    trap.spring()
    return 2
  }
}
