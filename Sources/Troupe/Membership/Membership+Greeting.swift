// Newcomer and members meet: it reaches each of them, and each of them reaches it where it says that it listens. Whoever cannot be reached
// would be given shards that nobody could call.

extension Membership {
  /// For the whole greeting, the dial back in its midst.
  private static var greetingLimit: Duration { .seconds(3) }
  private static var dialLimit: Duration { .milliseconds(2_500) }
  private static var addressLimit: Int { 256 }

  // MARK: As a newcomer

  /// A member counts as greeted when it has also said what it knows: so that is known before the first shard is served.
  func greet(_ members: [Member]) {
    let bound = LoopBound(self, on: loop)
    let (home, greeting) = (stages[0], me.wireBytes)
    for member in members {
      stage.spawn {
        let reply: Reply = await withUnsafeContinuation { waiter in
          home.stage.value.ask(member, .greet, greeting, within: Self.greetingLimit, ReplyWaiter(waiter))
        }
        let driver = bound.value
        guard reply.status == .value else { return driver.greetingRefused(by: member, reply) }
        driver.askContracts(of: member) { $0.take(.greeted(member.name)) }
      }
    }
  }

  /// Said once, not with each attempt.
  private func greetingRefused(by member: Member, _ reply: Reply) {
    let text = String(decoding: reply.bytes, as: UTF8.self)
    guard reply.status == .refused, refusedGreetings.updateValue(text, forKey: member.id) != text else { return }
    log(.warning, "\(me.id) cannot join yet: \(text)")
  }

  // MARK: As a member

  func answerGreet(_ payload: [UInt8], _ reply: @escaping DialBacks.Answer) {
    // A member that dials back, and newcomers of a version that did not say who they are.
    guard !payload.isEmpty else { return reply(.success([])) }
    guard let newcomer = try? Member(wireBytes: payload), !newcomer.addresses.isEmpty, newcomer.addresses.count <= Self.addressLimit else {
      return reply(.failure(CallError(.badArguments, "a newcomer with addresses was expected")))
    }
    switch dialBacks.admit(newcomer.name, reply, now: now) {
    case .reached: return reply(.success([]))
    case .waits: return
    case .full: return reply(.failure(CallError(.overloaded, "\(me.id) is just trying to reach other newcomers", mayRetry: true)))
    case .begins: dialBack(newcomer)
    }
  }

  private func dialBack(_ newcomer: Member) {
    let bound = LoopBound(self, on: loop)
    let (home, me) = (stages[0], me.id)
    stage.spawn {
      let unreached = await Self.unreached(newcomer, from: home)
      let driver = bound.value
      let answers = driver.dialBacks.ended(newcomer.name, isReached: unreached == nil, now: driver.now)
      var result = Swift.Result<[UInt8], CallError>.success([])
      // Who reaches nobody has a fault of its own, and stands in nobody's way.
      if let unreached, !driver.machine.hearsFew {
        result = .failure(CallError(.unavailable, "\(me) does not reach \(newcomer.id) at \(unreached)", mayRetry: true))
      }
      for answer in answers { answer(result) }
    }
  }

  /// One of its addresses at which somebody else answers, or nobody. All of them are dialled at once, over links of their own: what is known
  /// of such a node may be of an earlier process.
  private nonisolated(nonsending) static func unreached(_ newcomer: Member, from home: StageHome) async -> String? {
    await withTaskGroup(of: String?.self) { group in
      for (index, address) in newcomer.addresses.enumerated() {
        group.addTask { await reaches(newcomer, index, at: address, from: home) ? nil : address }
      }
      return await group.reduce(nil) { $0 ?? $1 }
    }
  }

  private nonisolated(nonsending) static func reaches(
    _ newcomer: Member, _ index: Int, at text: String, from home: StageHome
  ) async -> Bool {
    guard let address = SocketAddress(text) else { return false }
    let stage = home.stage.value
    let link = stage.dialBack(address)
    let reply: Reply = await withUnsafeContinuation { waiter in
      link.ask(.greet, deadline: stage.loop.now + dialLimit, write: { _ in }, reply: ReplyWaiter(waiter))
    }
    stage.endDialBack(link)
    guard reply.status == .value, let peer = link.peer else { return false }
    return peer.name == newcomer.id.value && peer.incarnation == newcomer.incarnation.value && peer.loopIndex == index
      && peer.loopCount == newcomer.addresses.count
  }
}
