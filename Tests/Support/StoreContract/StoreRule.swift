// What every store must do, as rules that a test target runs on its own store, each on a fresh one:
//
//     @Test(arguments: StoreRule.all) func keeps(_ rule: StoreRule) async throws { try await rule.check(MemoryStore()) }
public import Testing
public import TroupeJournal

public struct StoreRule: Sendable, CustomTestStringConvertible {
  public let sentence: String
  private let body: @Sendable (any Store) async throws -> Void

  init(_ sentence: String, _ body: @escaping @Sendable (any Store) async throws -> Void) {
    self.sentence = sentence
    self.body = body
  }

  public func check(_ store: any Store) async throws {
    try await body(store)
    await store.close()
  }

  public var testDescription: String { sentence }

  public static var all: [StoreRule] { register + burials + append + takeOver + snapshots + wakes + consumers + transfer + limits }
}
