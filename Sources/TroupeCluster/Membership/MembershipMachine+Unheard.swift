// Whom nobody hears: its beats reach the store, so nobody may take it for dead, but its answers reach no member, so its entities answer
// nobody. It is buried on the word of more than half of all members, each of which has probed it in vain for as long. Being wrong costs a
// restart of that member; a minority, or two halves that do not hear each other, bury nobody.

/// The question that is out about members that are not heard, and what was said to it.
struct UnheardInquiry: Sendable {
  private(set) var round: UInt64 = 0
  private(set) var askAfter = Moment.distantPast
  /// Nobody is buried for it before.
  private(set) var buryAfter = Moment.distantPast
  private var wordsUntil = Moment.distantPast
  private var asked: Set<IncarnationName> = []
  private var words: [IncarnationName: Set<IncarnationName>] = [:]

  mutating func begin(about names: [IncarnationName], now: Moment, _ times: MembershipTimes) {
    round += 1
    (askAfter, wordsUntil) = (now + times.askUnheardEvery, now + times.unheardWordLasts)
    (asked, words) = (Set(names), [:])
  }

  /// Somebody was buried, for whatever reason: the others are heard out anew.
  mutating func rest(until moment: Moment) {
    buryAfter = max(buryAfter, moment)
    (asked, words) = ([], [:])
  }

  mutating func heard(_ name: IncarnationName) {
    asked.remove(name)
    words[name] = nil
  }

  mutating func said(_ names: [IncarnationName], by witness: IncarnationName, round: UInt64) {
    guard round == self.round else { return }
    for name in names where asked.contains(name) { words[name, default: []].insert(witness) }
  }

  func witnesses(against name: IncarnationName, at now: Moment) -> Set<IncarnationName> {
    now < wordsUntil ? words[name] ?? [] : []
  }
}

extension MembershipMachine {
  /// Whom this member has probed in vain for so long that a network which drops a few is no explanation any more.
  var unheard: [IncarnationName] { others { links.isUnheard($0) } }

  /// Whom it hears, and who beats.
  private func reliable(_ members: [Member], without unheard: [IncarnationName]) -> [Member] {
    members.filter { $0.id != me.id && isBeating($0.name) && !unheard.contains($0.name) }
  }

  mutating func askWhoElseHearsIfDue() {
    guard now >= unheardInquiry.askAfter, now >= unheardInquiry.buryAfter, let view else { return }
    let unheard = unheard
    guard !unheard.isEmpty else { return }
    let witnesses = reliable(view.members, without: unheard)
    guard Confirmation.isMajority(witnesses.count + 1, of: view.members.count) else { return }
    unheardInquiry.begin(about: unheard, now: now, times)
    effects.append(.askUnheard(round: unheardInquiry.round, unheard, of: witnesses))
  }

  mutating func unheardGiven(_ witness: IncarnationName, _ round: UInt64, _ names: [IncarnationName]) {
    unheardInquiry.said(names, by: witness, round: round)
  }

  /// One at a time, whoever buries it: where many are not heard at once, the fault is more likely with who does not hear.
  mutating func buryUnheardIfDue() {
    guard verdict == nil, now >= unheardInquiry.buryAfter, mayChange, let view else { return }
    let unheard = unheard
    let reliable = Set(reliable(view.members, without: unheard).map(\.name))
    for name in unheard {
      let witnesses = unheardInquiry.witnesses(against: name, at: now).intersection(reliable)
      let majority = Confirmation.majority(witnesses.map(\.id).sorted())
      guard let next = try? view.burying([name], by: me.id, confirmed: majority) else { continue }
      effects.append(.note("burying \(name), which beats but has answered nobody for \(LinkWatch.unheardProbes) probes"))
      return propose(.bury, next)
    }
  }

  /// Answered at once, from what this member has seen itself. Whom it does not watch it begins to, for the next time it is asked.
  mutating func unheardAsked(_ ticket: UInt64, _ names: [IncarnationName]) {
    let unheard = unheard
    effects.append(.giveWord(ticket: ticket, names.filter { unheard.contains($0) }))
    for name in names where !links.watches(name) { peerDoubted(name) }
  }
}
