// The shape of the load, the same as the floors and the peers have.
enum Sizes {
  /// Entities that calls are spread over.
  static let entities = 10_000
  /// Bytes of a call's argument.
  static let payload = 100
  /// Bytes of the largest argument.
  static let large = 16 << 20
  /// Bytes of a durable command's event.
  static let event = 200
  /// A step through the entities that visits all of them: prime, and no divisor of their count.
  static let stride = 7_919

  static func name(_ entity: Int) -> String { "entity-\(100_000 + entity)-abcdef" }
}
