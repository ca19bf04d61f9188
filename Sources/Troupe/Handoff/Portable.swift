// Volatile entities that take what they know along.

/// A volatile entity whose state goes with it when its shard moves to another node as planned: a rebalance, a drain, a rolling restart.
///
///     @Entity("presence")
///     actor Presence: Portable {
///       @Wire struct State {
///         var seen: [String: Int64] = [:]
///       }
///
///       var state = State()
///
///       @Command func saw(_ device: String) { state.seen[device] = context.now.milliseconds }
///     }
///
/// The state is read when the last turn here has ended, and is there before the first turn at the new node. What stands in other properties
/// stays behind. It is still volatile: when its node dies, or the message that carries it is lost, the entity begins anew with the state
/// that its `init` gives it; so it does when the state has more than a mebibyte. A newer version of an application may append fields to
/// the state; an older one leaves out what it does not know.
public protocol Portable: Entity {
  associatedtype State: Wire

  var state: State { get set }
}

/// How one kind's state is taken out of an entity, and put into another.
struct Luggage<E: Entity>: Sendable {
  let pack: @Sendable (E) -> [UInt8]
  let unpack: @Sendable ([UInt8], E) throws -> Void
}

extension Luggage where E: Portable {
  static var ofState: Luggage {
    Luggage(
      pack: { entity in entity.assumeOnLoop { $0.state.wireBytes } },
      unpack: { bytes, entity in
        let state = try E.State(wireBytes: bytes)
        entity.assumeOnLoop { $0.state = state }
      })
  }
}
