// Entities that sign one list as they are called. For the tests of who goes first.
import Synchronization
import Troupe

final class RollList: Sendable {
  private let kept = Mutex<[String]>([])

  var names: [String] { kept.withLock { $0 } }
  func add(_ name: String) { kept.withLock { $0.append(name) } }
}

@Entity("roll")
actor Roll {
  private let list: RollList

  init(context: EntityContext, list: RollList) {
    self.context = context
    self.list = list
  }

  @Command func sign(_ number: Int = 0) { list.add("\(context.id) \(number)") }

  /// Has others sign, from within a turn.
  @Command func haveSigned(_ others: [String]) async throws {
    for other in others { context.entity(Roll.self, other).tell.sign() }
  }
}
