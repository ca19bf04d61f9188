// Who is dead? A member whose beat stands still and whose links are silent, on two members' word. Being wrong costs a restart of
// that member, never data: its heirs wait for its lease.

extension MembershipMachine {
  mutating func probeIfDue() {
    guard hasLease, let view, now >= nextProbe else { return }
    nextProbe = now + times.beatEvery
    chooseWatched()
    let peers = links.round().compactMap { view.member($0.id) }
    if !peers.isEmpty { effects.append(.probe(peers)) }
  }

  mutating func chooseWatched() {
    guard let view else { return }
    let beating = Set(view.members.map(\.name).filter { isBeating($0) })
    links.choose(from: view, watcher: me.id, beating: beating)
  }

  mutating func probeAnswered(_ name: IncarnationName) {
    links.heard(name)
    unheardInquiry.heard(name)
    for index in words.indices { words[index].suspects.remove(name) }
  }

  /// It is asked at once, and watched until it answers, whoever else watches it. Not answering counts as it always does: with a beat
  /// that stands still, and on another's word.
  mutating func peerDoubted(_ name: IncarnationName) {
    guard hasLease, name.id != me.id, let view, view.lists(name), let member = view.member(name.id) else { return }
    links.doubt(name)
    effects.append(.probe([member]))
  }

  // MARK: This node's suspicion

  /// Who may be buried, once another says so too.
  var suspects: [IncarnationName] {
    others { peerBeats.stillness($0) >= times.suspectAfter && links.isSilent($0) }
  }

  /// Who will be a suspect soon, unless something is heard: others are asked by then.
  var fading: [IncarnationName] {
    others { peerBeats.stillness($0) >= times.aliveWithin && links.isFading($0) }
  }

  func others(_ isWanted: (IncarnationName) -> Bool) -> [IncarnationName] {
    guard let view, hasLease, steadiness.isSteady(at: now) else { return [] }
    return view.members.map(\.name).filter { $0.id != me.id && isWanted($0) }
  }

  private var witnesses: [Member] { view?.members.filter { $0.id != me.id && isBeating($0.name) } ?? [] }

  mutating func suspectIfDue() {
    guard verdict == nil, now >= nextInquiry else { return }
    let fading = fading
    guard !fading.isEmpty else { return }
    let witnesses = witnesses
    guard !witnesses.isEmpty else {
      let suspects = suspects
      if !suspects.isEmpty { verdict = Verdict(dead: suspects, confirmation: .nobodyElseBeats) }
      return
    }
    inquiries += 1
    nextInquiry = now + times.askAgainAfter
    let asked = witnesses.shuffled(using: &random).prefix(MembershipTimes.confirmersAsked)
    effects.append(.askWord(round: inquiries, fading, of: Array(asked)))
  }

  mutating func wordGiven(_ witness: IncarnationName, _ round: UInt64, _ dead: [IncarnationName]) {
    guard verdict == nil, round + MembershipTimes.roundsRemembered > inquiries, view?.lists(witness) == true else { return }
    let confirmed = fading.filter { dead.contains($0) }
    guard !confirmed.isEmpty else { return }
    verdict = Verdict(dead: confirmed, confirmation: .by(witness.id))
  }

  /// The verdict holds for who is still suspect when the register is free, through lost races too.
  mutating func buryIfDue() {
    guard let verdict, register.change?.purpose != .bury else { return }
    let fading = fading
    guard verdict.dead.contains(where: { fading.contains($0) }) else { return self.verdict = nil }
    if verdict.confirmation == .nobodyElseBeats, !witnesses.isEmpty { return self.verdict = nil }
    let suspects = suspects
    let dead = verdict.dead.filter { suspects.contains($0) }
    guard !dead.isEmpty, mayChange, let view else { return }
    guard let next = try? view.burying(dead, by: me.id, confirmed: verdict.confirmation) else { return self.verdict = nil }
    effects.append(.note("burying \(dead.map(\.description).joined(separator: ", "))"))
    propose(.bury, next)
  }

  // MARK: Another's suspicion

  /// Its beat must stand still here too; then the suspect has one probe's time to answer.
  mutating func wordAsked(_ ticket: UInt64, _ suspects: [IncarnationName]) {
    let open = suspects.filter { $0.id != me.id && view?.lists($0) == true && peerBeats.stillness($0) >= times.aliveWithin }
    guard hasLease, steadiness.isSteady(at: now), !open.isEmpty, words.count < MembershipTimes.pendingWords else {
      return effects.append(.giveWord(ticket: ticket, []))
    }
    words.append(PendingWord(ticket: ticket, suspects: Set(open), deadline: now + times.confirmWithin))
    effects.append(.probe(open.compactMap { view?.member($0.id) }))
  }

  mutating func giveWordsIfDue() {
    for word in words where now >= word.deadline || word.suspects.isEmpty {
      // Beats may have moved while the probe was out, and a node without a lease says nothing.
      let dead = word.suspects.filter { hasLease && peerBeats.stillness($0) >= times.aliveWithin }
      effects.append(.giveWord(ticket: word.ticket, dead.sorted()))
    }
    words.removeAll { now >= $0.deadline || $0.suspects.isEmpty }
  }
}
