// The end of a stage, and its regular housekeeping.

extension Stage {
  private static var housekeeping: Duration { .milliseconds(50) }
  /// Shards looked at for idle entities, a housekeeping round: all 1,024 once in about a second.
  private static var shardsARound: Int { 52 }

  /// This node will stop: whoever calls it is asked to call over another link, which it will not get, so that its calls come back as not
  /// sent and go elsewhere; those under way are answered.
  func sayGoAway() {
    stopListening()
    for link in peers.acceptedLinks { link.askToLeave(CloseReason(code: "leaving", detail: "the node stops")) }
  }

  /// Calls `done` when whoever knows how has gone, or when the time is up. A caller looks twice a second whether his calls are answered.
  func awaitFarewells(until end: Instant, _ done: @escaping () -> Void) {
    guard loop.now < end, peers.acceptedLinks.contains(where: \.isBeingLeft) else { return done() }
    loop.schedule(after: Self.farewellLook) { self.awaitFarewells(until: end, done) }
  }

  private static var farewellLook: Duration { .milliseconds(10) }

  /// What came after the shards were sealed has not run: its callers go elsewhere.
  func bounceParked() {
    for call in bulk?.takeAll() ?? [] { reply(to: call.sink, .notServing, text: "the node stops") }
    for case let shard? in shards {
      for call in shard.parked + (shard.suspects?.takeWaiting() ?? []) { reply(to: call.sink, .notServing, text: "the node stops") }
      shard.parked = []
    }
  }

  /// Seals every shard; calls `done` when all are quiet, or when the time is up.
  func quiesce(within limit: Duration, _ done: @escaping () -> Void) {
    var open = 0
    var isDone = false
    let finish = {
      if !isDone {
        isDone = true
        done()
      }
    }
    for case let shard? in shards where shard.state == .serving {
      open += 1
      shard.seal {
        open -= 1
        if open == 0 { finish() }
      }
    }
    if open == 0 { return finish() }
    loop.schedule(after: limit) { finish() }
  }

  func close() {
    isClosed = true
    for runner in idleRunners { runner.dismiss() }
    idleRunners = []
    spareCalls = []
    _ = bulk?.takeAll()
    homeCalls = []
    housekeeper?.cancel()
    leaseUntil = Instant(nanoseconds: .min)
    peers.close(CloseReason(code: "leaving", detail: "the node stops"))
    stopListening()
    // The places stay: the store may still answer what it was asked for one of them.
    for index in shards.indices {
      shards[index]?.forget()
      shards[index] = nil
      routes[index] = .nobody
    }
  }

  /// Ends calls that waited too long, and lets idle entities go.
  func keepHouse(idleAfter: Duration) {
    // Strong, and ended by `close` or with the loop: a stage to which a weak reference was ever made counts its references in a
    // table beside it, some twenty times a call.
    housekeeper = loop.schedule(after: Self.housekeeping) { [self] in
      let now = loop.now
      for case let shard? in shards where !shard.parked.isEmpty { shard.dropExpired(now) }
      turnLoadWindow(now)
      arrivals.forget(before: now - Arrivals.patience)
      keepStreams(now)
      takeBackHomeCalls(now)
      if !shards.isEmpty {
        for _ in 0..<min(Self.shardsARound, shards.count) {
          nextSwept = (nextSwept + 1) % shards.count
          shards[nextSwept]?.evictIdle(since: now - idleAfter)
        }
      }
      keepHouse(idleAfter: idleAfter)
    }
  }
}
