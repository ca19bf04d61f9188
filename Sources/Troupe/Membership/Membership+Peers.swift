// What membership asks of other members, over the links that calls use.

/// What one member tells another about suspects.
@Wire struct Word {
  var nodes: [String]
  var incarnations: [UInt64]

  init(_ names: [IncarnationName]) {
    nodes = names.map(\.id.value)
    incarnations = names.map(\.incarnation.value)
  }

  var names: [IncarnationName] {
    zip(nodes, incarnations).map { IncarnationName(NodeID($0), Incarnation($1)) }
  }
}

extension Membership {
  private static var answerLimit: Duration { .seconds(1) }
  /// An answer that comes late is one: who is far away, or has much to do, is heard all the same.
  private static var probeLimit: Duration { .seconds(3) }

  private func ask(
    _ member: Member, _ topic: AskTopic, _ payload: [UInt8], within limit: Duration = answerLimit,
    _ answered: @escaping @Sendable (Membership, [UInt8]) -> Void
  ) {
    let bound = LoopBound(self, on: loop)
    let home = stages[0]
    stage.spawn {
      let reply: Reply = await withUnsafeContinuation { waiter in
        home.stage.value.ask(member, topic, payload, within: limit, ReplyWaiter(waiter))
      }
      if reply.status == .value { answered(bound.value, reply.bytes) }
    }
  }

  func probe(_ members: [Member]) {
    for member in members { ask(member, .probe, [], within: Self.probeLimit) { driver, _ in driver.take(.probeAnswered(member.name)) } }
  }

  func askWord(_ round: UInt64, _ suspects: [IncarnationName], of members: [Member]) {
    for member in members {
      ask(member, .word, Word(suspects).wireBytes) { driver, bytes in
        guard let word = try? Word(wireBytes: bytes) else { return }
        driver.take(.wordGiven(by: member.name, round: round, word.names))
      }
    }
  }

  func askUnheard(_ round: UInt64, _ unheard: [IncarnationName], of members: [Member]) {
    for member in members {
      ask(member, .unheard, Word(unheard).wireBytes, within: Self.probeLimit) { driver, bytes in
        guard let word = try? Word(wireBytes: bytes) else { return }
        driver.take(.unheardGiven(by: member.name, round: round, word.names))
      }
    }
  }

  /// What others ask; nil when it is no question for membership.
  func answer(_ topic: AskTopic, _ payload: [UInt8], _ reply: @escaping @Sendable (Swift.Result<[UInt8], CallError>) -> Void) -> Bool {
    switch topic {
    case .greet: answerGreet(payload, reply)
    case .probe: answerProbe(reply)
    case .word: answerWord(payload, reply) { .wordAsked(ticket: $0, $1) }
    case .unheard: answerWord(payload, reply) { .unheardAsked(ticket: $0, $1) }
    case .drain: answerDrain(payload, reply)
    case .set: answerOrder(payload, reply)
    case .wish: answerWish(payload, reply)
    case .place: answerPlace(payload, reply)
    case .beats: answerBeats(reply)
    case .readAhead: answerReadAhead(payload, reply)
    case .carry: answerCarry(payload, reply)
    default: return false
    }
    return true
  }

  /// Through every loop of this node, so that one which does no work is caught.
  private func answerProbe(_ reply: @escaping @Sendable (Swift.Result<[UInt8], CallError>) -> Void) {
    guard machine.answersProbes(at: now) else { return reply(.failure(CallError(.unavailable, "this node has no lease"))) }
    pass(0, stages, reply)
  }

  private func pass(_ index: Int, _ homes: [StageHome], _ reply: @escaping @Sendable (Swift.Result<[UInt8], CallError>) -> Void) {
    Self.pass(index, homes, reply)
  }

  private static func pass(_ index: Int, _ homes: [StageHome], _ reply: @escaping @Sendable (Swift.Result<[UInt8], CallError>) -> Void) {
    guard index < homes.count else { return reply(.success([])) }
    homes[index].loop.execute { pass(index + 1, homes, reply) }
  }

  private func answerWord(
    _ payload: [UInt8], _ reply: @escaping @Sendable (Swift.Result<[UInt8], CallError>) -> Void,
    as event: (UInt64, [IncarnationName]) -> MembershipEvent
  ) {
    guard let word = try? Word(wireBytes: payload) else { return reply(.failure(CallError(.badArguments, "the suspects cannot be read"))) }
    nextTicket += 1
    words[nextTicket] = { reply(.success(Word($0).wireBytes)) }
    take(event(nextTicket, word.names))
  }

  private func answerDrain(_ payload: [UInt8], _ reply: @escaping @Sendable (Swift.Result<[UInt8], CallError>) -> Void) {
    guard let name = try? String(wireBytes: payload) else { return reply(.failure(CallError(.badArguments, "a node's name was expected"))) }
    set(.drain(NodeID(name)), reply)
  }

  private func answerOrder(_ payload: [UInt8], _ reply: @escaping @Sendable (Swift.Result<[UInt8], CallError>) -> Void) {
    guard let setting = (try? SettingOrder(wireBytes: payload))?.setting?.setting else {
      return reply(.failure(CallError(.badArguments, "this is no order that the node knows, or no cluster has such a shard")))
    }
    set(setting, reply)
  }

  private func answerWish(_ payload: [UInt8], _ reply: @escaping @Sendable (Swift.Result<[UInt8], CallError>) -> Void) {
    guard let wishes = (try? WishOrder(wireBytes: payload))?.setting else {
      return reply(.failure(CallError(.badArguments, "these are no wishes, or no cluster has such a shard")))
    }
    set(wishes, reply)
  }

  private func answerPlace(_ payload: [UInt8], _ reply: @escaping @Sendable (Swift.Result<[UInt8], CallError>) -> Void) {
    guard let order = try? PlaceOrder(wireBytes: payload) else {
      return reply(.failure(CallError(.badArguments, "this is no share of the shards for a version")))
    }
    set(order.setting, reply)
  }

  private func set(_ setting: Setting, _ reply: @escaping @Sendable (Swift.Result<[UInt8], CallError>) -> Void) {
    nextTicket += 1
    settings[nextTicket] = { outcome in
      switch outcome {
      case .done: reply(.success([]))
      case .refused(let refusal): reply(.failure(CallError(.refused, "\(refusal)")))
      case .unknown:
        reply(.failure(CallError(.unknownOutcome, "the register did not confirm the order in time", executed: .maybe, mayRetry: true)))
      case .overloaded: reply(.failure(CallError(.overloaded, "too many orders wait for the register", mayRetry: true)))
      }
    }
    take(.settingRequested(ticket: nextTicket, setting))
  }

  /// With what this node's next beat shows: a read that began after the question.
  private func answerBeats(_ reply: @escaping BeatAskers.Answer) {
    if let stopped { return reply(.failure(CallError(.unavailable, "\(stopped)"))) }
    beatAskers.add(reply)
  }

  func believe(_ until: [IncarnationName: Moment]) {
    let instants = Dictionary(
      until.map { ($0.key.id.value, Belief(incarnation: $0.key.incarnation.value, until: Instant(nanoseconds: $0.value.nanoseconds))) },
      uniquingKeysWith: { $0.until > $1.until ? $0 : $1 })
    onStages { $0.beliefs = instants }
  }
}

/// Until when the frames of a member's incarnation are believed.
struct Belief: Sendable {
  let incarnation: UInt64
  let until: Instant
  /// What had come before this instant counts whenever it is looked at: a read that began then showed that nobody had buried it.
  var proven = Instant(nanoseconds: .min)
}

extension AskTopic {
  static let greet = AskTopic(rawValue: 7)
  static let probe = AskTopic(rawValue: 8)
  static let word = AskTopic(rawValue: 9)
  static let beats = AskTopic(rawValue: 16)
  static let unheard = AskTopic(rawValue: 24)
}
