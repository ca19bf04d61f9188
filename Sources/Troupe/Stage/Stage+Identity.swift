// In whose name calls are made, looked at where they arrive and where they leave.

extension Stage {
  /// Whether a call may be made in this name. Nodes that take only signed ones check what their own code brings as they check what
  /// arrives, so that a call ends alike wherever the entity is; everybody else leaves that to the callee.
  @inline(never)
  func checked(_ identity: CallerIdentity) -> Result<CallerIdentity, IdentityRefusal> {
    guard let checker = peers.checker else { return .success(identity) }
    return checker.check(identity, on: loop)
  }

  /// Whom a call is made for that stays on this loop.
  @inline(__always)
  func caller(_ options: borrowing CallOptions, _ turn: TurnInfo?) throws -> CallerIdentity? {
    guard let named = options.rare?.values.identity ?? turn?.identity else { return nil }
    return try checkedLocally(named)
  }

  @inline(never)
  private func checkedLocally(_ named: CallerIdentity) throws -> CallerIdentity {
    switch checked(named) {
    case .success(let identity): return identity
    case .failure(let why): throw CallError(why == .expired ? .identityExpired : .identityRefused, why.description)
    }
  }

  /// A call that has arrived is not made.
  @inline(never)
  func refuse(_ request: UInt32, on link: Link, _ why: IdentityRefusal) {
    if why != .expired, refusedIdentities.insert(ObjectIdentifier(link)).inserted {
      log(.warning, "a call from \(link.peerDescription) was refused: \(why)")
    }
    reply(to: .link(link, request), why.status, text: why.description)
  }
}
