// The register: members, placement, and the beats that leases rest on.
public import TroupeCluster
public import TroupeJournal
import TroupeNet

extension PostgresStore {
  public nonisolated(nonsending) func createCluster(_ view: View) async throws(StoreError) -> CASOutcome {
    try await change("the creation of the cluster", RegisterStatements.create(view))
  }

  public nonisolated(nonsending) func compareAndSet(_ view: View) async throws(StoreError) -> CASOutcome {
    try await change("the change to epoch \(view.epoch)", RegisterStatements.change(to: view))
  }

  private nonisolated(nonsending) func change(_ what: String, _ query: Query) async throws(StoreError) -> CASOutcome {
    try await ask(what, on: register, within: limit, isWrite: true, [query, Query(RegisterStatements.epoch)]) { rows in
      if rows[rows.startIndex].int(0, 0) > 0 { return .stored }
      guard let epoch = rows.last, !epoch.isEmpty else { throw StoreError.invalid("there is no cluster to change") }
      return .lost(current: Epoch(epoch.uint(0, 0)))
    }
  }

  public nonisolated(nonsending) func readRegister() async throws(StoreError) -> View? {
    try await ask("a read of the register", on: register, within: limit, [Query(RegisterStatements.view)]) {
      try RegisterStatements.readView($0.first)
    }
  }

  public nonisolated(nonsending) func beat(_ beat: Beat) async throws(StoreError) -> BeatOutcome {
    let deadline = loop.freshNow() + limit
    while true {
      let remaining = deadline - loop.freshNow()
      let outcome = try await ask("a beat of \(beat.node)", on: register, within: remaining, isWrite: true, RegisterStatements.beat(beat)) {
        try RegisterStatements.outcome($0[$0.startIndex], $0[$0.startIndex + 1])
      }
      if let outcome { return outcome }
    }
  }
}
