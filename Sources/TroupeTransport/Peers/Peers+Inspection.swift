// A look through the links of a loop from time to time: whom the deny-list names now is cut, what has had its time is made anew.
import TroupeNet

extension Peers {
  /// What is known of a link since the first look at it. Holds it, so that no other link can take its place in the table.
  struct Inspected {
    let link: Link
    let term: LinkTerm
  }

  /// Looks through all links now. Runs by itself every `LinkPolicy.pause` while there are links that anything could end.
  public func inspectLinks() {
    let links = all.flatMap(\.currentLinks) + inOrder.filter { !$0.hasEnded }
    let version = security?.denialVersion ?? 0
    let isNewList = version != inspectedDenials
    inspectedDenials = version
    var known: [ObjectIdentifier: Inspected] = [:]
    for link in links {
      let before = inspected[ObjectIdentifier(link)]
      // A link may have opened while the list changed, so the first look asks in any case.
      if isNewList || before == nil, let entry = link.connection?.denial {
        link.close(.denied("the deny-list has \(entry)"))
      } else if link.isOpen {
        let inspected = before ?? Inspected(link: link, term: term(of: link))
        known[ObjectIdentifier(link)] = inspected
        act(on: link, inspected.term)
      }
    }
    inspected = known
  }

  private func term(of link: Link) -> LinkTerm {
    LinkTerm(from: loop.now, validUntil: link.connection?.validUntil, policy: policy, random: loop.random())
  }

  private func act(on link: Link, _ term: LinkTerm) {
    switch term.verdict(now: loop.now, wall: loop.wallClock(), policy: policy) {
    case .keep: break
    case .cut(let reason): link.close(reason)
    case .renew(let why) where link.isOutgoing: renew(link, why)
    case .renew: break  // whoever dialled it does that
    }
  }

  private func renew(_ link: Link, _ why: String) {
    if all.contains(where: { $0.renew(link, why) }) { return }
    // A seed's: the next question dials again.
    if inOrder.contains(where: { $0 === link }), link.pendingCalls == 0 { link.close(.renewed(why)) }
  }

  /// Without certificates and without an age nothing is looked for: a simulation has no timer more than it needs.
  func planInspection() {
    guard inspection == nil, security != nil || policy.maximumAge != nil else { return }
    inspection = loop.schedule(after: policy.pause) { [self] in
      inspection = nil
      inspectLinks()
      if !inspected.isEmpty || hasLinks { planInspection() }
    }
  }
}
