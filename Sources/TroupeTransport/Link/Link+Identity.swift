// In whose name calls are made: declared once a link and named by an index from then on, checked once and found by it.
import TroupeNet
import TroupeWire

extension Link {
  // MARK: Out

  /// How the call that is written to `data` next says its identity; declares it there when it is new on this link.
  @inline(never)
  func form(of identity: CallerIdentity) -> IdentityForm {
    guard let signed = identity.signed else { return .text }
    // Nobody knows yet what the peer understands: see `HeldFrames.release`.
    if phase != .open { return .token }
    guard features.contains(.identities) else { return .text }
    // What may have to wait for chunks may be overtaken by declarations, and then its index named somebody else.
    guard outgoing.isEmpty else { return .token }
    let (index, isNew) = declared.index(of: signed)
    if isNew { IdentityFrame.write(index, token: signed.token, to: &data) }
    return .index(index)
  }

  // MARK: In

  func handleIdentity(_ frame: RawSpan) throws(FrameError) {
    guard features.contains(.identities) else { throw .unexpected(.identity) }
    let index = try IdentityFrame.index(in: frame)
    let token = frame.extracting(IdentityFrame.token..<frame.byteCount)
    try callers.declare(index, checker?.check(token: token, on: loop) ?? .failure(.notChecked))
  }

  /// Whom a call is made for, where it says so: checked, or why it counts for nobody.
  @inline(__always)
  public func identity(of call: borrowing IncomingCall) -> Result<CallerIdentity, IdentityRefusal> {
    if let index = call.identityIndex, case .success(let identity)? = callers[index], let checker,
      checker.vouches(for: identity, now: loop.now)
    {
      return .success(identity)
    }
    return lookedUp(call)
  }

  @inline(never)
  private func lookedUp(_ call: borrowing IncomingCall) -> Result<CallerIdentity, IdentityRefusal> {
    if let name = call.unsignedIdentity { return checker == nil ? .success(CallerIdentity(unsigned: name)) : .failure(.unsigned) }
    guard let checker else { return .failure(.notChecked) }
    guard let index = call.identityIndex else { return checker.check(token: call.identityToken, on: loop) }
    switch callers[index] {
    case nil: return .failure(.unknownIndex(index))
    case .failure(let why): return .failure(why)
    // It has run out, or the keys have changed.
    case .success(let identity): return checker.check(identity, on: loop)
    }
  }
}
