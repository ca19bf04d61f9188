// Looks at the cluster again and again, over the same door as every operator, and survives that nobody answers.

struct ClusterWatch {
  static let interval: Duration = .seconds(1)
  private let directory: DataDirectory

  init(_ directory: DataDirectory) {
    self.directory = directory
  }

  /// Until its task is cancelled; `show` runs where the caller does.
  nonisolated(nonsending) func run(_ show: (ClusterSummary) -> Void) async {
    await run(looking: { try await $0.summary() }, show)
  }

  /// The same with another look. `lost` hears why, each time that nobody answers.
  nonisolated(nonsending) func run<Look: Sendable>(
    every pause: Duration = interval, looking: @Sendable (OperatorConnection) async throws -> Look, _ show: (Look) -> Void,
    lost: (String) -> Void = { _ in }
  ) async {
    var connection: OperatorConnection?
    while !Task.isCancelled {
      do {
        if connection == nil { connection = try await OperatorConnection.open(directory) }
        if let connection { show(try await looking(connection)) }
      } catch {
        // A node that went away takes its answer along; the next look asks the others.
        await connection?.close()
        connection = nil
        lost("\(error)")
      }
      try? await Task.sleep(for: pause)
    }
    await connection?.close()
  }
}
