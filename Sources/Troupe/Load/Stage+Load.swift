// The loop's side of what shards and entities cost: windows of ten seconds, the last whole one to be asked for.

/// What is counted together; a stage's own.
struct LoadWindow {
  static let length: Duration = .seconds(10)

  var began: Instant
  var hot = HotEntities()
  /// The last whole one.
  var finished: (took: Duration, hot: HotEntities)?
}

extension Stage {
  /// A call that is looked at has been run.
  @inline(never)
  func noteLoad(of activation: Activation, _ facts: CallFacts, _ sink: ReplySink, bytes: Int, took: Duration) {
    activation.shard.load.sampled(took, bytes: bytes)
    load.hot.note(
      kind: activation.kindID, hash: activation.hash, entity: activation.id, caller: caller(facts, sink),
      nanoseconds: UInt64(max(0, took.wholeNanoseconds)))
  }

  /// The process, and the kind of the entity there that calls, if one does.
  private func caller(_ facts: CallFacts, _ sink: ReplySink) -> String {
    let process = sink.link?.peer?.name ?? peers.local.name
    guard let turn = facts.callers, let kind = registry.kinds[turn.kind]?.name ?? turn.chain.last.map({ String($0.kind, radix: 16) })
    else { return process }
    return "\(kind) on \(process)"
  }

  /// With housekeeping.
  func turnLoadWindow(_ now: Instant) {
    guard now - load.began >= LoadWindow.length else { return }
    for index in shards.indices where shards[index] != nil { shards[index]!.load.turn() }
    load = LoadWindow(began: now, finished: (now - load.began, load.hot))
    onHeat?(Dictionary(uniqueKeysWithValues: shards.compactMap { shard in shard.map { ($0.id, $0.load.window.heat) } }))
  }

  func loadReport() -> StageLoad {
    let took = load.finished?.took ?? max(.milliseconds(1), loop.now - load.began)
    let costs = shards.compactMap { shard -> ShardCost? in
      guard let shard else { return nil }
      let sums = shard.load.window
      return ShardCost(
        shard: shard.id.index, entities: shard.table.count, calls: sums.calls, microseconds: sums.nanoseconds / 1_000, bytes: sums.bytes,
        activations: sums.activations)
    }
    let hottest = (load.finished?.hot ?? load.hot).hottest.prefix(NodeLoad.hottestLimit).map { spot in
      HotEntity(
        entity: "\(registry.kinds[spot.kind]?.name ?? "?")/\(spot.entity)", calls: (spot.samples - spot.inherited) * ShardLoad.stride,
        microseconds: spot.nanoseconds * ShardLoad.stride / 1_000,
        callers: spot.callers.sorted { ($1.samples, $0.name) < ($0.samples, $1.name) }.map {
          HotCaller(name: $0.name, calls: $0.samples * ShardLoad.stride)
        })
    }
    return StageLoad(milliseconds: UInt64(took.wholeNanoseconds / 1_000_000), shards: costs, hottest: Array(hottest))
  }
}

struct StageLoad: Sendable {
  var milliseconds: UInt64
  var shards: [ShardCost]
  var hottest: [HotEntity]
}
