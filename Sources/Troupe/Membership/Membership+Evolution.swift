// What the other members of the view know of this node's kinds: asked once for each incarnation, before the first shard is served. From it
// follows which cases of events and states must be held back; the stages look there before they record one.

extension Membership {
  /// Between questions to a member that has not answered.
  private static var askAgain: Duration { .seconds(1) }
  private static var contractLimit: Duration { .seconds(1) }

  /// By kind, what a member does not know of it.
  typealias Knowledge = [String: CaseLimits]

  /// The view has changed: asks newcomers, and holds back what somebody in it does not know. Who has not answered yet lowers nothing and raises
  /// nothing: what was held back before he came stays so.
  func learn(_ view: View) {
    let others = view.members.filter { $0.id != me.id }
    let listed = Set(others.map(\.name))
    knowledge = knowledge.filter { listed.contains($0.key) }
    for member in others where knowledge[member.name] == nil && asking.insert(member.name).inserted {
      askContracts(of: member)
    }
    guardCases(isComplete: others.allSatisfy { knowledge[$0.name] != nil })
  }

  private func guardCases(isComplete: Bool) {
    var guards: [UInt32: CaseGuard] = [:]
    for contract in evolution.contracts where contract.isDurable {
      let limits = limits(of: contract, isComplete: isComplete)
      if !limits.isEmpty { guards[kindID(contract.kind)] = CaseGuard(limits: limits, contract: contract) }
    }
    guarded = guards
    onStages { [guards] in $0.guarded = guards }
  }

  private func limits(of contract: EntityContract, isComplete: Bool) -> CaseLimits {
    var limits = CaseLimits()
    for (_, missing) in knowledge.sorted(by: { $0.key < $1.key }) { missing[contract.kind].map { limits.merge($0) } }
    if !isComplete, let before = guarded[kindID(contract.kind)] { limits.merge(before.limits) }
    if let held = evolution.heldBack[contract.kind], case .named(let event)? = contract.event {
      limits.lower(event, to: held, because: "is held back by the configuration")
    }
    return limits
  }

  /// Asks once at a time; `known` is called when the answer is there, and never when there is none.
  func askContracts(of member: Member, _ known: (@Sendable (Membership) -> Void)? = nil) {
    guard knowledge[member.name] == nil else {
      known?(self)
      return
    }
    let bound = LoopBound(self, on: loop)
    let home = stages[0]
    stage.spawn {
      let reply: Reply = await withUnsafeContinuation { waiter in
        home.stage.value.ask(member, .contract, [], within: Self.contractLimit, ReplyWaiter(waiter))
      }
      let membership = bound.value
      if reply.status == .value, let contracts = try? [EntityContract](wireBytes: reply.bytes) {
        membership.knowledge[member.name] = membership.evolution.whatIsNew(to: contracts, of: member.id)
        membership.asking.remove(member.name)
        if let view = membership.machine.view { membership.learn(view) }
        known?(membership)
      } else if known == nil {
        membership.askAgain(member)
      }
    }
  }

  private func askAgain(_ member: Member) {
    loop.schedule(after: Self.askAgain) { [weak self] in
      guard let self, self.stopped == nil else { return }
      guard self.machine.view?.lists(member.name) == true else {
        self.asking.remove(member.name)
        return
      }
      self.askContracts(of: member)
    }
  }
}

/// What a node knows of its own kinds, and how much of that it may use.
struct Evolution: Sendable {
  var contracts: [EntityContract] = []
  /// By kind: cases of its event that may be recorded, at most.
  var heldBack: [String: Int] = [:]

  /// By kind that the member has as well; one that it has not got at all it does not read either.
  func whatIsNew(to theirs: [EntityContract], of member: NodeID) -> [String: CaseLimits] {
    var news: [String: CaseLimits] = [:]
    for contract in contracts where contract.isDurable {
      guard let other = theirs.first(where: { $0.kind == contract.kind }) else { continue }
      news[contract.kind] = CaseLimits(of: contract, readBy: other, because: "\(member) does not know")
    }
    return news
  }
}
