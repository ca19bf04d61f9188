// Leaving, and the change that changes nothing.

extension View {
  /// Removes a member that owns nothing any more.
  ///
  /// When no active member is left to give to, it may leave with what it has sealed: those shards have no owner then, and the
  /// next to join gets them, without a wait.
  ///
  /// - Parameter transfer: names what it sealed; only for a member that leaves as the last.
  public func leaving(_ id: NodeID, sealed transfer: TransferID? = nil) throws(ViewRefusal) -> View {
    guard let index = index(of: id) else { throw .notMember(id) }
    let owned = shards(of: id).count
    let othersCould = members.contains { $0.id != id && $0.state == .active }
    guard owned == 0 || (transfer != nil && !othersCould) else { throw .stillOwns(shards: owned) }
    var next = successor()
    for shard in next.remove(at: index) { next.transfers[shard] = transfer }
    return next
  }

  /// The same at the next epoch. Once it is stored, a change from this epoch whose outcome was unknown can no longer happen.
  public func voiding() -> View { successor() }
}
