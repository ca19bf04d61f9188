// The driver's part in moving shards: it lets the next owner read ahead, and sends what volatile entities know before a shard counts as
// sealed. None of it is needed for a move: whoever does not answer gets the shards cold.

extension Membership {
  /// Somewhat longer than the machine waits.
  private static var answerLimit: Duration { .seconds(1) }
  /// From the beginning of a seal until what is carried must have come. The machine undoes a seal after 200 ms.
  private static var carryLimit: Duration { .milliseconds(140) }
  /// What a shard gets whose turns have taken most of that.
  private static var leastCarry: Duration { .milliseconds(20) }

  // MARK: The giver

  func warm(_ targets: [ShardID: NodeID]) {
    for target in Set(targets.values).sorted() {
      let shards = targets.keys.filter { targets[$0] == target }.sorted()
      let bound = LoopBound(self, on: loop)
      let (homes, member) = (stages, machine.view?.member(target))
      stage.spawn {
        if let member {
          let orders = await Self.orders(of: shards, homes)
          if !orders.isEmpty { _ = await Self.ask(member, .readAhead, orders.wireBytes, homes[0]) }
        }
        bound.value.take(.shardsWarmed(shards, target))
      }
    }
  }

  private nonisolated(nonsending) static func orders(of shards: [ShardID], _ homes: [StageHome]) async -> [ReadAheadOrder] {
    var orders: [ReadAheadOrder] = []
    for (index, home) in homes.enumerated() {
      let own = shards.filter { $0.index % homes.count == index }
      orders += await onLoop(home.loop) { _ in own.compactMap { home.stage.value.shards[$0.index]?.orderReadAhead() } }
    }
    return orders
  }

  private nonisolated(nonsending) static func ask(_ member: Member, _ topic: AskTopic, _ payload: [UInt8], _ home: StageHome) async -> Reply
  {
    await withUnsafeContinuation { waiter in
      home.stage.value.ask(member, topic, payload, within: answerLimit, ReplyWaiter(waiter))
    }
  }

  func seal(_ targets: [ShardID: NodeID], _ transfer: TransferID) {
    let carriedBy = now + Self.carryLimit
    for (shard, target) in targets {
      sealing[shard] = target == me.id ? nil : Sealing(transfer: transfer, target: target, carriedBy: carriedBy)
    }
    let bound = LoopBound(self, on: loop)
    onHome(of: targets.keys.sorted()) { stage, shards in
      for id in shards {
        stage.shards[id.index]?.seal {
          let parts = stage.shards[id.index]?.pack(for: transfer) ?? []
          bound.loop.execute { bound.value.isQuiet(id, transfer, parts) }
        }
      }
    }
  }

  /// Nothing that is in it changes until it is given or unsealed. What its volatile entities know has a little time to get to the new owner,
  /// within that which the machine gives the whole seal; then the shard moves without.
  private func isQuiet(_ shard: ShardID, _ transfer: TransferID, _ parts: [CarriedStates]) {
    guard let sealing = sealing[shard] else { return take(.shardSealed(shard)) }
    guard sealing.transfer == transfer else { return }
    guard !parts.isEmpty, let member = machine.view?.member(sealing.target) else { return take(.shardSealed(shard)) }
    let bound = LoopBound(self, on: loop)
    let home = stages[0]
    stage.spawn {
      for part in parts where bound.value.sealing[shard]?.transfer == transfer {
        let reply = await Self.ask(member, .carry, part.wireBytes, home)
        guard reply.status != .value else { continue }
        bound.value.log(.info, "what volatile entities of shard \(shard) know does not come along: \(member.id) does not take it")
        break
      }
      bound.value.hasCarried(shard, transfer)
    }
    loop.schedule(after: max(sealing.carriedBy - now, Self.leastCarry)) { [weak self] in self?.hasCarried(shard, transfer) }
  }

  /// Told twice at the most; the machine hears it once.
  private func hasCarried(_ shard: ShardID, _ transfer: TransferID) {
    guard sealing[shard]?.transfer == transfer, machine.phase(of: shard) == .sealing else { return }
    take(.shardSealed(shard))
  }

  // MARK: The receiver

  func answerReadAhead(_ payload: [UInt8], _ reply: @escaping @Sendable (Swift.Result<[UInt8], CallError>) -> Void) {
    guard let orders = try? [ReadAheadOrder](wireBytes: payload), orders.count <= Arrivals.shardLimit,
      orders.allSatisfy({ $0.shard >= 0 && $0.entities.count <= ReadAheadOrder.nameLimit && $0.floor <= $0.end })
    else { return reply(.failure(CallError(.badArguments, "what is to be read ahead cannot be read"))) }
    let homes = stages
    stage.spawn {
      await withDiscardingTaskGroup { group in
        for order in orders {
          let home = homes[order.shard % homes.count]
          group.addTask {
            await withUnsafeContinuation { waiter in
              home.loop.execute { home.stage.value.readAhead(order) { waiter.resume() } }
            }
          }
        }
      }
      reply(.success([]))
    }
  }

  func answerCarry(_ payload: [UInt8], _ reply: @escaping @Sendable (Swift.Result<[UInt8], CallError>) -> Void) {
    guard let part = try? CarriedStates(wireBytes: payload), part.shard >= 0 else {
      return reply(.failure(CallError(.badArguments, "what is carried cannot be read")))
    }
    let home = stages[part.shard % stages.count]
    home.loop.execute {
      let stage = home.stage.value
      // Late: the shard has come, and perhaps served what is newer.
      guard stage.shards.indices.contains(part.shard), stage.shards[part.shard] == nil else {
        return reply(.failure(CallError(.refused, "the shard is here already")))
      }
      let isTaken = stage.arrivals.add(part, now: stage.loop.now)
      reply(isTaken ? .success([]) : .failure(CallError(.overloaded, "too much has come ahead of its shards")))
    }
  }
}

/// A shard on its way out.
struct Sealing {
  let transfer: TransferID
  let target: NodeID
  let carriedBy: Moment
}
