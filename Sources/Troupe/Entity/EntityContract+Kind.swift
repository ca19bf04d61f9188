// The contract of a kind: what can be called and which types travel, as values that a gateway can ask a node for.

extension EntityContract {
  init<E: Entity>(of kind: E.Type) {
    var types = TypeTable()
    let methods = E.contract(in: &types)
    self.init(kind: E.kind, isDurable: false, methods: methods, state: nil, event: nil, types: types.types)
  }

  init<E: Portable>(portable kind: E.Type) {
    var types = TypeTable()
    let methods = E.contract(in: &types)
    let state = types.describe(E.State.self)
    self.init(kind: E.kind, isDurable: false, methods: methods, state: state, event: nil, types: types.types)
  }

  init<E: EventSourced>(durable kind: E.Type) {
    var types = TypeTable()
    let methods = E.contract(in: &types)
    let state = types.describe(E.State.self)
    let event = types.describe(E.Event.self)
    self.init(kind: E.kind, isDurable: true, methods: methods, state: state, event: event, types: types.types)
  }
}

extension EntityContract {
  /// The kinds that the runtime brings along, which are stored beside an application's own.
  public static var builtIn: [EntityContract] { [EntityContract(durable: DeadLetters.self), EntityContract(durable: Sagas.self)] }
}
