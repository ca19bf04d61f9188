// Making a link to a peer anew while it is in use.
import TroupeNet

extension Peer {
  /// Whether `link` is one of this peer's; begins to replace it then, unless that is under way.
  func renew(_ link: Link, _ why: String) -> Bool {
    if renewals.values.contains(where: { $0.old === link || $0.successor === link }) { return true }
    guard let index = links.firstIndex(where: { $0 === link }) else { return false }
    guard renewals[index] == nil else { return true }
    let successor = dialAnew(index)
    renewals[index] = LinkRenewal(of: link, by: successor, because: why) { [self] in
      guard links.indices.contains(index), links[index] === link else { return $0.close(.renewed(why)) }
      install($0, index)
    } ended: { [self] in
      renewals[index] = nil
    }
    return true
  }
}
