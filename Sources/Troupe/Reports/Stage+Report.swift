// What a loop says of its links and queues. Made when somebody asks: a call pays for it with additions to numbers that its loop owns.

extension Stage {
  func transportReport() -> TransportReport {
    let links = peers.report()
    let calls = callReport()
    return TransportReport(
      name: peers.local.name, role: peers.local.role.word, incarnation: peers.local.incarnation, loops: [loopReport(links)],
      links: links.links, linksLeftOut: links.leftOut, breakers: calls.breakers, budgets: calls.budgets, counts: calls.counts)
  }

  private func loopReport(_ links: PeersReport) -> LoopReport {
    let mailboxes = waiting.all.map(\.waitingCount)
    return LoopReport(
      loop: loop.index, calls: counters.calls, refused: counters.refused, shed: counters.shed, cancelled: counters.cancelled,
      queueDelay: links.queueDelay, queueDelayLimit: .nanoseconds(shedder.target), busyFor: max(.zero, loop.now - loop.lastIdle),
      busyLimit: .nanoseconds(shedder.patience), waitedFor: mailboxes.count, waitingCalls: mailboxes.reduce(0, +),
      longestMailbox: mailboxes.max() ?? 0, mailboxLimit: Activation.mailboxLimit,
      parkedCalls: shards.reduce(0) { $0 + ($1?.parked.count ?? 0) }, parkingLimit: Shard.parkingLimit,
      turns: runners.count - idleRunners.count, entities: shards.reduce(0) { $0 + ($1?.table.count ?? 0) },
      acceptedLinks: links.accepted, acceptedLimit: TransportLimits.acceptedLinks, arrivingBytes: links.arrivingBytes,
      arrivingLimit: MessageBudget.limit,
      bulkCalls: bulk?.count ?? 0, bulkLimit: bulk == nil ? 0 : BulkLimits.calls)
  }

  /// A process that answers no other questions: a client, or a node that is starting. It knows itself.
  func answerAlone(_ link: Link, _ request: UInt32, _ topic: AskTopic) {
    guard topic == .links, let cluster else {
      return link.answer(request: request, status: .notServing, Array("this process answers no questions".utf8).span.bytes)
    }
    let bound = LoopBound(link, on: loop)
    spawn {
      let answer = [await cluster.transportReport()].wireBytes
      bound.value.answer(request: request, status: .value, answer.span.bytes)
    }
  }
}
