// So many nodes at once, and no more: they mostly wait, but each start takes a core for a moment.

actor Berths {
  static let shared = Berths(18)
  /// An emulator of DynamoDB costs more than the node on it.
  static let onDynamoDB = Berths(8)

  private var free: Int
  private var waiting: [CheckedContinuation<Void, Never>] = []

  init(_ count: Int) { free = count }

  nonisolated func with<Value: Sendable>(_ work: @Sendable () async throws -> Value) async throws -> Value {
    await take()
    do {
      let value = try await work()
      await giveBack()
      return value
    } catch {
      await giveBack()
      throw error
    }
  }

  private func take() async {
    if free > 0 { return free -= 1 }
    await withCheckedContinuation { waiting.append($0) }
  }

  private func giveBack() {
    if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
  }
}
