// What a kind of entity offers, as a value that a node can send to a gateway or write to a contract file.

/// One method that can be called.
public struct MethodContract: Hashable, Sendable {
  /// `methodID(kind:name:)`, of the old name where `@Was` keeps one.
  public var id: UInt64
  /// The name that callers write, without labels: `add`.
  public var name: String
  /// With labels: `add(_:quantity:)`.
  public var signature: String
  public var isQuery: Bool
  public var isAsync: Bool
  public var parameters: [FieldContract]
  public var result: WireType
  /// `.never` when it cannot fail with an error of its own.
  public var failure: WireType
  /// Whether it answers with a stream of `result`s.
  public var isStream: Bool

  public init(
    id: UInt64, name: String, signature: String, isQuery: Bool, isAsync: Bool, parameters: [FieldContract], result: WireType,
    failure: WireType, isStream: Bool = false
  ) {
    self.isStream = isStream
    self.id = id
    self.name = name
    self.signature = signature
    self.isQuery = isQuery
    self.isAsync = isAsync
    self.parameters = parameters
    self.result = result
    self.failure = failure
  }
}

/// A kind: its methods and every named type that they mention.
public struct EntityContract: Hashable, Sendable {
  public var kind: String
  public var isDurable: Bool
  public var methods: [MethodContract]
  /// Of a durable kind: what snapshots hold.
  public var state: WireType?
  /// Of a durable kind: what the log holds.
  public var event: WireType?
  public var types: [String: TypeContract]

  public init(
    kind: String, isDurable: Bool, methods: [MethodContract], state: WireType?, event: WireType?, types: [String: TypeContract]
  ) {
    self.kind = kind
    self.isDurable = isDurable
    self.methods = methods
    self.state = state
    self.event = event
    self.types = types
  }
}
