// The flows that a node can run, by name: filled while it registers its kinds, then only read.
import Synchronization

final class FlowTable: Sendable {
  private let flows = Mutex<[String: AnyFlow]>([:])

  subscript(name: String) -> AnyFlow? { flows.withLock { $0[name] } }

  /// False when there is one of this name already.
  func add(_ flow: AnyFlow) -> Bool {
    flows.withLock { flows in
      guard flows[flow.name] == nil else { return false }
      flows[flow.name] = flow
      return true
    }
  }
}
