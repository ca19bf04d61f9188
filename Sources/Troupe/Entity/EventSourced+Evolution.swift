// How an event-sourced entity changes while older versions of it are about: new cases that are held back, and old bytes that its types do
// not read any more. docs/evolution.md says when to use what.

extension EventSourced {
  /// Whether every member of the cluster's view can read `event` now. A command that emits one which some member cannot read is refused,
  /// executed by nobody and worth another try; one that asks first can go on in the old way meanwhile:
  ///
  /// ```swift
  /// @Command func add(_ sku: String, asGift: Bool = false) {
  ///   let gift = Event.gifted(sku)
  ///   emit(asGift && everybodyReads(gift) ? gift : .added(sku))
  /// }
  /// ```
  public func everybodyReads(_ event: Event) -> Bool { turn.everybodyReads(event) }
}

/// The limits of a kind, and what is needed to hold bytes against them.
struct CaseGuard: Sendable {
  let limits: CaseLimits
  let contract: EntityContract

  /// In an event.
  func newCase(in event: [UInt8]) -> String? { contract.event.flatMap { limits.newCase(in: event, of: $0, contract.types) } }

  /// In a state.
  func newCase(inState state: [UInt8]) -> String? { contract.state.flatMap { limits.newCase(in: state, of: $0, contract.types) } }
}

extension EventSourced {
  /// The event that stored bytes hold, with `upcast` where `Event` refuses them.
  static func storedEvent(_ bytes: [UInt8]) throws(WireError) -> (event: Event, isWhole: Bool) {
    var reader = Reader(bytes.span.bytes)
    do throws(WireError) {
      let event = try reader.read(Event.self)
      return (event, reader.leftovers == Leftovers())
    } catch {
      guard let event = upcast(event: bytes) else { throw error }
      return (event, true)
    }
  }

  /// The state at the front of a snapshot, with `upcast` where `State` refuses it.
  static func storedState(_ snapshot: [UInt8]) throws(WireError) -> StoredState<State> {
    var reader = Reader(snapshot.span.bytes)
    do throws(WireError) {
      let (state, rest, isWhole) = try reader.readKeeping(State.self)
      return StoredState(state: state, rest: rest, isWhole: isWhole, end: snapshot.count - reader.remaining)
    } catch {
      var body = Reader(snapshot.span.bytes)
      guard let count = try? body.length() else { throw error }
      let end = snapshot.count - body.remaining + count
      guard let state = upcast(state: Array(snapshot[..<end])) else { throw error }
      return StoredState(state: state, rest: [], isWhole: true, end: end)
    }
  }
}

/// A state as a snapshot held it.
struct StoredState<State> {
  let state: State
  /// What a newer version has appended to it.
  let rest: [UInt8]
  /// False when unknown bytes stand deeper within, where nobody can carry them.
  let isWhole: Bool
  /// Where it ends in the snapshot.
  let end: Int
}
