// Waits for what other processes do and nobody announces: asked again and again, within a bound.

/// Whether `condition` came true within `limit`.
func eventually(within limit: Duration = .seconds(10), _ condition: () async throws -> Bool) async rethrows -> Bool {
  let start = ContinuousClock.now
  while true {
    if try await condition() { return true }
    if .now - start > limit { return false }
    try? await Task.sleep(for: .milliseconds(20))
  }
}
