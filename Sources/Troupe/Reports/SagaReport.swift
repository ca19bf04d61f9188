// Sagas that are under way, for whoever operates a cluster: those that are stuck first.

@Wire public struct SagaReport: Hashable, Sendable {
  /// flow/id, as `shopstream sagas` takes it.
  public var id: String
  /// Undoing what it did.
  public var isGoingBack: Bool
  public var isStuck: Bool
  /// The step at hand, and which that is of how many.
  public var step: String
  public var number: Int
  public var steps: Int
  public var failures: Int
  /// What went wrong last.
  public var error: String?
  /// Why it turned back.
  public var reason: String?
  /// Milliseconds since 1970.
  public var started: Int64
  public var changed: Int64

  init(_ id: String, _ state: SagaState) {
    self.init(
      id: id, isGoingBack: state.phase == .back, isStuck: state.isStuck, step: state.steps[state.position].name, number: state.position + 1,
      steps: state.steps.count, failures: state.failures, error: state.error, reason: state.reason, started: state.started,
      changed: state.changed)
  }

  init(
    id: String, isGoingBack: Bool, isStuck: Bool, step: String, number: Int, steps: Int, failures: Int, error: String?, reason: String?,
    started: Int64, changed: Int64
  ) {
    (self.id, self.isGoingBack, self.isStuck) = (id, isGoingBack, isStuck)
    (self.step, self.number, self.steps, self.failures) = (step, number, steps, failures)
    (self.error, self.reason, self.started, self.changed) = (error, reason, started, changed)
  }

  /// Those that need a person first, then the oldest.
  static func order(_ left: SagaReport, _ right: SagaReport) -> Bool {
    (left.isStuck ? 0 : 1, left.changed, left.id) < (right.isStuck ? 0 : 1, right.changed, right.id)
  }
}

/// Sagas that are under way, as far as nodes tell of them.
public struct SagaStatus: Hashable, Sendable {
  /// Those that are stuck first, then the oldest.
  public var sagas: [SagaReport]
  /// Nodes that did not answer: their sagas are missing.
  public var silent: [TransportStatus.Silent]

  public init(sagas: [SagaReport] = [], silent: [TransportStatus.Silent] = []) {
    self.sagas = sagas.sorted(by: SagaReport.order)
    self.silent = silent
  }
}

extension Cluster {
  /// Sagas of one node that are told of at once.
  static var sagaLimit: Int { 1_000 }

  /// Sagas that are under way, those that are stuck first; of each node at most a thousand.
  ///
  /// - Throws: `CallError` when a node does not answer: a list with a gap would hide the one that is looked for.
  public func sagas() async throws -> [SagaReport] {
    let status = try await sagaStatus(within: .seconds(10))
    if let silent = status.silent.first { throw CallError(.unavailable, "\(silent.name): \(silent.reason)", mayRetry: true) }
    return status.sagas
  }

  /// The same, where a node that does not answer in time is listed as silent. Each node looks through the reminders of its shards in
  /// the store: to be asked every few seconds, not all the time.
  ///
  /// - Throws: `CallError` when this process has not seen the cluster yet.
  public func sagaStatus(within limit: Duration) async throws -> SagaStatus {
    let (answers, silent) = try await askAll(.sagas, within: limit, as: [SagaReport].self)
    return SagaStatus(sagas: answers.flatMap(\.answer), silent: silent)
  }

  /// This node's share. A saga that is under way always has a reminder, so it stands in memory, in the log's tail, or among the wakes.
  func ownSagas(_ store: any Store) async throws -> [SagaReport] {
    let kind = kindID(Sagas.kind)
    await untilTailsAreRead()
    let shards = await onEachStage { stage -> [(ShardID, Set<String>)] in
      // A node without flows has none, and need not look.
      guard stage.registry.kinds[kind] != nil else { return [] }
      return stage.shards.compactMap { $0 }.filter { $0.state == .serving }.map { ($0.id, $0.known(kind: kind, after: nil).there) }
    }.flatMap { $0 }
    var reports: [SagaReport] = []
    for (shard, known) in shards {
      var ids = known
      var last: Wake?
      repeat {
        let page = try await store.readWakes(shard, after: last, before: .max, count: ReminderIndex.page)
        ids.formUnion(page.filter { $0.kind == kind }.map(\.entity))
        last = page.count == ReminderIndex.page ? page.last : nil
      } while last != nil && ids.count < Self.sagaLimit
      for id in ids.sorted() {
        let state = try await entity(Sagas.self, id).status()
        if state.isUnderWay { reports.append(SagaReport(id, state)) }
      }
      guard reports.count < Self.sagaLimit else { break }
    }
    return reports
  }
}
