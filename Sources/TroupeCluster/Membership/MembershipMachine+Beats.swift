// Beating: the lease, and what the others' beats show.

extension MembershipMachine {
  var hasLease: Bool { phase == .member && lease.isValid(at: now) }

  /// Tells the driver once that the lease ran out. It checks the clock itself before anything leaves; this is for the log.
  mutating func noticeLease() {
    let isValid = lease.isValid(at: now)
    if leaseWasValid, !isValid {
      effects.append(.leaseLost)
      effects.append(.note("the lease ran out: the store has not taken a beat for \(times.lease)"))
    }
    leaseWasValid = isValid
  }

  /// A member writes beats; a newcomer reads them, to see who is alive.
  mutating func beatIfDue() {
    guard view != nil, beatOut == nil, now >= nextBeat else { return }
    beatOut = RegisterAccess.Read(start: now, floor: view?.epoch ?? .none)
    nextBeat = now + times.beatEvery
    if phase == .member {
      counter += 1
      effects.append(.beat(counter: counter))
    } else {
      effects.append(.readBeats)
    }
  }

  mutating func beatTaken(_ epoch: Epoch, _ beats: [PeerBeat]) {
    guard let out = beatOut else { return }
    beatsRead(epoch, beats)
    guard phase == .member else { return }
    lease.beatTaken(startedAt: Sabotage.leaseFromEnd.isOn ? now : out.start)
    steadiness.beatTaken(at: now)
    leaseWasValid = lease.isValid(at: now)
    effects.append(.leaseRenewed(until: lease.until))
    believe()
  }

  mutating func beatsRead(_ epoch: Epoch, _ beats: [PeerBeat]) {
    guard let out = beatOut else { return }
    beatOut = nil
    guard epoch >= out.floor else { return stop(.registerWentBackwards(from: out.floor, to: epoch)) }
    register.heard(epoch, now: now)
    peerBeats.saw(beats, readStarted: out.start, now: now)
    waits.beatsRead(at: epoch, beats) { peerBeats.firstSeen($0) }
  }

  /// Buried, or gone on its own wish: the register says which.
  mutating func beatRefused(_ epoch: Epoch) {
    beatOut = nil
    register.heard(epoch, now: now)
    register.wantsRead = true
  }

  private mutating func believe() {
    guard let view else { return }
    var beliefs: [IncarnationName: Moment] = [:]
    for member in view.members where member.id != me.id {
      beliefs[member.name] = peerBeats.believable(member.name, lease: times.lease)
    }
    effects.append(.believe(beliefs))
  }

  /// Its beat moved lately, as far as this node has read.
  func isBeating(_ name: IncarnationName) -> Bool { peerBeats.stillness(name) < times.aliveWithin }
}
