// How a link begins, stays alive and ends.
import TroupeNet
import TroupeWire

extension Link {
  /// A link for a connection that a listener has accepted: return it to `listen` as the connection's handler.
  ///
  /// - Parameter needsCertificate: whether the listener has TLS; false believes what a HELLO says, for simulations.
  public static func accepting(
    on loop: any EventLoop, local: HelloInfo, needsCertificate: Bool, budget: MessageBudget = MessageBudget(),
    policy: LinkPolicy = LinkPolicy(), checker: IdentityChecker? = nil, delegate: any LinkDelegate
  ) -> Link {
    let handshake = Handshake(local: local, calls: false, needsCertificate: needsCertificate)
    return Link(
      on: loop, local: local, isOutgoing: false, handshake: handshake, budget: budget, policy: policy, checker: checker, delegate: delegate)
  }

  /// A link that calls nobody yet: calls wait in it until `dial`.
  static func calling(
    on loop: any EventLoop, local: HelloInfo, expecting: Handshake.Expectation, needsCertificate: Bool,
    budget: MessageBudget = MessageBudget(), policy: LinkPolicy = LinkPolicy(), checker: IdentityChecker? = nil,
    delegate: (any LinkDelegate)?
  ) -> Link {
    let handshake = Handshake(local: local, calls: true, expecting: expecting, needsCertificate: needsCertificate)
    return Link(
      on: loop, local: local, isOutgoing: true, handshake: handshake, budget: budget, policy: policy, checker: checker, delegate: delegate)
  }

  func dial(_ address: SocketAddress, security: TLSContext?) {
    guard phase == .waiting, connection == nil else { return }
    var identity: PeerIdentity?
    if security != nil, let role = handshake.expecting.role, let name = handshake.expecting.name {
      identity = PeerIdentity(trustDomain: local.cluster, role: role.word, name: name)
    }
    connection = loop.connect(to: address, security: security, expecting: identity, handler: self)
  }

  /// Ends the link, in peace: the peer is told, and every caller too.
  public func close(_ reason: CloseReason = .local) {
    end(reason, saying: Goodbye(code: .leaving, text: reason.detail))
  }

  // MARK: Opening

  public func opened(_ connection: any Connection) {
    guard phase == .waiting else { return connection.close(.local) }
    self.connection = connection
    phase = .greeting
    lifeTimer = loop.schedule(after: TransportLimits.hello) { self.helloIsLate() }
    perform(handshake.opened(certificate: connection.peer))
  }

  private func helloIsLate() {
    guard phase == .greeting else { return }
    let text = "no hello within \(TransportLimits.hello)"
    end(.timeout(text), saying: Goodbye(code: .timeout, text: text))
  }

  func perform(_ action: Handshake.Action) {
    switch action {
    case .nothing: break
    case .greet: greet()
    case .open(let hello, let greeting):
      if greeting { greet() }
      open(hello)
    case .refuse(let goodbye): end(Self.reason(for: goodbye), saying: goodbye)
    }
  }

  private func greet() {
    HelloFrame.write(local, to: &control)
    gathered()
  }

  private func open(_ hello: HelloInfo) {
    phase = .open
    peer = hello
    maxFrame = min(TransportLimits.frame, Int(hello.maxFrame))
    features = LinkFeatures(rawValue: local.features & hello.features)
    if wantsCompression(with: hello) {
      compresses = true
      plainLimit = CompressionGuard.smallest
    }
    let features = features
    if data.count > 0 { data = HeldFrames.release(data.span, &pending, now: loop.now, for: features) }
    if !features.isSuperset(of: .spelling) { outgoing.rewrite { CallFrame.respell(in: &$0, at: $1, for: features) } }
    if !outgoing.isEmpty, !speaksChunks { sendAllWhole() }
    releaseBulk()
    keepAlive = KeepAlive(now: loop.now)
    lifeTimer?.cancel()
    planAge()
    planTick()
    flushSoon()
    delegate?.linkOpened(self)
  }

  // MARK: Living

  private func planTick() {
    lifeTimer = loop.schedule(after: TransportLimits.keepAliveTick) { self.tick() }
  }

  private func tick() {
    guard phase == .open else { return }
    if let partialSince, let limit = policy.frameTime, loop.now - partialSince > limit {
      let text = "a frame was not whole after \(limit)"
      return end(.timeout(text), saying: Goodbye(code: .timeout, text: text))
    }
    switch policy.keepsAlive ? keepAlive.tick(now: loop.now) : .fine {
    case .fine: break
    case .ping(let number):
      roundTrip.asks(number, at: loop.freshNow())
      ControlFrames.writePing(number, to: &control)
      gathered()
    case .dead:
      let text = "nothing heard for \(TransportLimits.silence)"
      return end(.timeout(text), saying: Goodbye(code: .timeout, text: text))
    }
    planTick()
    lookAtAge()
  }

  // MARK: Ending

  /// The peer says goodbye.
  func farewell(_ goodbye: Goodbye) {
    let text = goodbye.text.debugDescription
    end(goodbye.code == .leaving ? .endOfFile : CloseReason(code: "refused-by-peer", detail: "\(goodbye.code): \(text)"), saying: nil)
  }

  /// Stops everything at once; the delegate hears of it when the connection has closed.
  func end(_ reason: CloseReason, saying goodbye: Goodbye?) {
    guard phase != .ended else { return }
    let mayStillSend = phase == .open || phase == .greeting
    tellCallers(reason)
    phase = .ended
    guard let connection else {
      loop.schedule(after: .zero) { [self] in finish(reason) }
      return
    }
    if mayStillSend, let goodbye {
      ControlFrames.writeGoodbye(goodbye, to: &control)
      connection.send(control.span)
    }
    control = Writer()
    connection.close(reason)
  }

  public func closed(_ connection: any Connection, _ reason: CloseReason) {
    if phase != .ended {
      tellCallers(reason)
      phase = .ended
    }
    finish(reason)
  }

  private func tellCallers(_ reason: CloseReason) {
    unbelieved = UnbelievedAnswers()
    let wasOpen = phase == .open
    let text = "the link to \(peerDescription) ended (\(reason))"
    for waiter in HeldFrames.takeWaiters(data.span, &pending) { waiter.resume(returning: Reply(.neverSent, text)) }
    for request in outgoing.unsentCalls + bulk.unsentCalls {
      if case .waiter(let waiter) = pending.complete(request) { waiter.resume(returning: Reply(.neverSent, text)) }
    }
    for waiter in pending.removeAll() {
      waiter.resume(returning: Reply(wasOpen ? .connectionLost : .neverSent, text))
    }
    data = Writer()
    _ = outgoing.takeAll()
    bulk = BulkCalls()
    budget.give(incoming.reserved)
    incoming.removeAll()
    for timer in [sweepTimer, cancelTimer, lifeTimer, holdTimer, leaveTimer] { timer?.cancel() }
  }

  private func finish(_ reason: CloseReason) {
    connection = nil
    delivered()
    whenEnded?(self)
    whenEnded = nil
    delegate?.linkClosed(self, reason)
    delegate = nil
  }

  private static func reason(for goodbye: Goodbye) -> CloseReason {
    switch goodbye.code {
    case .wrongIdentity: .refusedIdentity(goodbye.text)
    case .protocolViolation: .protocolViolation(goodbye.text)
    case .timeout: .timeout(goodbye.text)
    default: CloseReason(code: "hello", detail: goodbye.text)
    }
  }
}
