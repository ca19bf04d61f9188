// A look through the links of a loop from time to time: whom the deny-list names now is cut, what outlives its certificates is made
// anew without losing a call.
import TroupeNet

extension Peers {
  /// What is known of a link since the first look at it. Holds it, so that no other link can take its place in the table.
  struct Inspected {
    let link: Link
    let term: LinkTerm
  }

  /// Looks through all links now. Runs by itself every `TransportLimits.inspection` while there are links.
  public func inspectLinks() {
    guard let security else { return }
    let version = security.denialVersion
    let isNewList = version != inspectedDenials
    inspectedDenials = version
    var known: [ObjectIdentifier: Inspected] = [:]
    for link in everyLink {
      let before = inspected[ObjectIdentifier(link)]
      // A link may have opened while the list changed, so the first look asks in any case.
      if isNewList || before == nil, let entry = link.connection?.denial {
        link.close(.denied("the deny-list has \(entry)"))
      } else if link.isOpen {
        let inspected = before ?? Inspected(link: link, term: LinkTerm(validUntil: link.connection?.validUntil))
        known[ObjectIdentifier(link)] = inspected
        act(on: link, inspected.term.verdict(wall: loop.wallClock(), grace: policy.certificateGrace))
      }
    }
    inspected = known
  }

  private func act(on link: Link, _ verdict: LinkTerm.Verdict) {
    switch verdict {
    case .keep: break
    case .renew where link.isOutgoing: link.retire()
    case .renew: break  // whoever dialled it sees the same certificates, and its calls
    case .cut(let reason): link.close(reason)
    }
  }

  /// Without certificates nothing is looked for: a simulation has no timer more than it needs.
  func planInspection() {
    guard inspection == nil, security != nil else { return }
    inspection = loop.schedule(after: TransportLimits.inspection) { [self] in
      inspection = nil
      inspectLinks()
      if !everyLink.isEmpty { planInspection() }
    }
  }
}
