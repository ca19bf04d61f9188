// What came ahead of a shard is used: the tail that was read, the snapshots, the states of volatile entities.

extension Shard {
  /// Once the view gives it to this node.
  func takeArrived() {
    guard let states = stage.arrivals.takeCarried(of: id.index, by: stage.routing?.view.transfers[id]) else { return }
    arrived = states
    cameAt = stage.loop.now
  }

  /// A volatile entity is made: what it knew elsewhere is put into it.
  func unpack(into activation: Activation) {
    guard !arrived.isEmpty, let state = arrived.removeValue(forKey: TailKey(kind: activation.kindID, entity: activation.id)) else { return }
    do { try activation.unpack(state) } catch {
      stage.log(.warning, "\(activation.kind.name)/\(activation.id) begins anew: what it knew cannot be read here: \(error)")
    }
  }

  /// Nobody has called them for as long as an entity stays in memory.
  func forgetArrived(since: Instant) {
    guard cameAt < since, !(arrived.isEmpty && known.isEmpty) else { return }
    arrived = [:]
    known = [:]
  }
}

extension Stage {
  /// Reads what the shard stands on, unless it is here already or too many come at once; calls `done` either way.
  func readAhead(_ order: ReadAheadOrder, _ done: @escaping @Sendable () -> Void) {
    guard shards.indices.contains(order.shard), shards[order.shard] == nil, arrivals.beginsReadAhead() else { return done() }
    let now = loop.now
    spawn { [store, home = home!] in
      let ahead: ReadAhead?
      do throws(StoreError) { ahead = try await ReadAhead.read(order, from: store, now: now) } catch { ahead = nil }
      let stage = home.stage.value
      // Given meanwhile: then it is being read as any other.
      let isAwaited = stage.shards.indices.contains(order.shard) && stage.shards[order.shard] == nil
      stage.arrivals.endReadAhead(of: order.shard, isAwaited ? ahead : nil)
      done()
    }
  }
}
