// A store that refuses snapshots for a while: the log is taken, and what should shorten it is not.
import Troupe
import TroupeTesting

extension FaultyStore {
  /// Everything as `MemoryStore` does it, but the first `refusals` attempts to write snapshots fail.
  static func unwilling(refusals: Int) -> FaultyStore {
    FaultyStore(MemoryStore()) { operation, number in
      operation == .snapshots && number < refusals ? .refused(.unavailable("snapshots are not taken at the moment")) : .done
    }
  }

  func refuseAppends() {
    judge { operation, _ in operation == .append ? .refused(.unavailable("nothing is taken at the moment")) : .done }
  }
}
