// What membership does with the shards of its node: each lives on the loop that its number says.

extension Membership {
  func adopt(_ view: View) {
    let table = RoutingTable(view)
    history.saw(view, at: loop.wallClock().milliseconds)
    learn(view)
    onStages { $0.adopt(table) }
    if view.lists(me.name) { expect(view.shards(of: me.id)) }
  }

  /// They are this node's, but may have to wait for a lease or for their log: their calls wait here from now on.
  private func expect(_ shards: [ShardID]) {
    onHome(of: shards) { stage, shards in
      for id in shards where stage.shards[id.index] == nil { stage.shards[id.index] = Shard(id: id, stage: stage) }
    }
  }

  func lease(until: Instant) {
    onStages { $0.leaseUntil = until }
  }

  func onHome(of shards: [ShardID], _ body: @escaping @Sendable (Stage, [ShardID]) -> Void) {
    for (index, home) in stages.enumerated() {
      let own = shards.filter { $0.index % stages.count == index }
      guard !own.isEmpty else { continue }
      if home.loop.isCurrent { body(home.stage.value, own) } else { home.loop.execute { body(home.stage.value, own) } }
    }
  }

  func takeOver(_ shards: [ShardID]) {
    onHome(of: shards) { stage, shards in
      for id in shards {
        let shard = stage.shards[id.index] ?? Shard(id: id, stage: stage)
        stage.shards[id.index] = shard
        shard.takeOver()
      }
    }
  }

  func unseal(_ shards: [ShardID]) {
    for shard in shards { sealing[shard] = nil }
    onHome(of: shards) { stage, shards in
      for id in shards { stage.shards[id.index]?.unseal() }
    }
  }

  func drop(_ shards: [ShardID], movedTo epoch: Epoch) {
    for shard in shards { sealing[shard] = nil }
    onHome(of: shards) { stage, shards in
      for id in shards {
        stage.shards[id.index]?.drop(movedTo: epoch)
        stage.shards[id.index] = nil
      }
    }
  }

  /// From now on the stages tell membership what happens to their shards.
  func listen() {
    let bound = LoopBound(self, on: loop)
    onStages { stage in
      stage.onFenced = { shard in bound.loop.execute { bound.value.take(.shardFenced(shard)) } }
      stage.onServed = { shard in bound.loop.execute { bound.value.take(.shardServed(shard)) } }
      stage.onConflict = { shard in bound.loop.execute { bound.value.take(.shardLost(shard)) } }
      stage.onDoubt = { name in bound.loop.execute { bound.value.take(.peerDoubted(name)) } }
      stage.onHeat = { heat in bound.loop.execute { bound.value.take(.heatMeasured(heat)) } }
      stage.onNewerEpoch = { epoch in bound.loop.execute { bound.value.take(.epochHeard(epoch)) } }
    }
  }
}
