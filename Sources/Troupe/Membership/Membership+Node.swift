// What a `Node` asks of its membership, from any thread.

extension Membership {
  /// How long a node that stops waits for its running turns and its log.
  private static var stopLimit: Duration { .seconds(3) }
  /// How long it waits for its callers to go elsewhere: twice what one takes whose calls are answered.
  private static var farewellLimit: Duration { .seconds(1) }

  static func make(
    _ cluster: Cluster, _ member: Member, _ configuration: NodeConfiguration, _ store: any Store, _ log: Log,
    _ contracts: [EntityContract], ended: [Incarnation]
  ) async -> LoopBound<Membership> {
    let home = cluster.stages[0]
    return await onLoop(home.loop) { loop in
      let membership = Membership(
        cluster.stages, store: store, log: log, me: member, ended: ended, cluster: configuration.cluster,
        shardCount: configuration.shardCount,
        seed: loop.random(), evolution: Evolution(contracts: contracts, heldBack: configuration.heldBackEvents),
        balance: configuration.balance)
      membership.listen()
      return LoopBound(membership, on: loop)
    }
  }

  /// Returns when the node is a member and serves what it owns.
  static func start(_ membership: LoopBound<Membership>, limit: Duration) async throws(StartError) {
    let failure: String? = await withUnsafeContinuation { waiter in
      membership.loop.execute {
        let timer = membership.loop.schedule(after: limit) {
          membership.value.startTimedOut("the node could not join within \(limit): the store or the other members do not answer")
        }
        membership.value.start { failure in
          timer.cancel()
          waiter.resume(returning: failure)
        }
      }
    }
    if let failure { throw .cluster(failure) }
  }

  static func leave(_ membership: LoopBound<Membership>) async -> StopReason {
    await withUnsafeContinuation { waiter in
      membership.loop.execute {
        membership.value.onStop { waiter.resume(returning: $0) }
        membership.value.take(.leaveRequested)
      }
    }
  }

  static func untilStopped(_ membership: LoopBound<Membership>) async -> StopReason {
    await withUnsafeContinuation { waiter in
      membership.loop.execute { membership.value.onStop { waiter.resume(returning: $0) } }
    }
  }

  /// Lets turns end and the log settle, then closes all links.
  static func stop(_ membership: LoopBound<Membership>) async {
    let stages = await onLoop(membership.loop) { _ in membership.value.stages }
    for home in stages { home.loop.execute { home.stage.value.sayGoAway() } }
    // Until they have heard it, calls come and are answered.
    let end = membership.loop.freshNow() + farewellLimit
    for home in stages {
      await withUnsafeContinuation { (waiter: UnsafeContinuation<Void, Never>) in
        home.loop.execute { home.stage.value.awaitFarewells(until: end) { waiter.resume() } }
      }
    }
    for home in stages {
      await withUnsafeContinuation { (waiter: UnsafeContinuation<Void, Never>) in
        home.loop.execute { home.stage.value.quiesce(within: stopLimit) { waiter.resume() } }
      }
    }
    _ = await onLoop(membership.loop) { _ in membership.value.abandon() }
    // In a pass of its own, so that it leaves: what is handed over from outside may still run in the same one, a timer may not.
    for home in stages {
      await withUnsafeContinuation { (waiter: UnsafeContinuation<Void, Never>) in
        home.loop.execute {
          home.stage.value.bounceParked()
          home.loop.schedule(after: .zero) { waiter.resume() }
        }
      }
    }
    for home in stages {
      _ = await onLoop(home.loop) { _ in home.stage.value.close() }
    }
  }

  /// Whether a question was for membership; answers it then.
  static func answer(_ membership: LoopBound<Membership>, _ topic: AskTopic, _ payload: [UInt8]) async throws -> [UInt8]? {
    let result: Result<[UInt8], CallError>? = await withUnsafeContinuation { waiter in
      membership.loop.execute {
        let isOurs = membership.value.answer(topic, payload) { waiter.resume(returning: $0) }
        if !isOurs { waiter.resume(returning: nil) }
      }
    }
    return try result?.get()
  }
}
