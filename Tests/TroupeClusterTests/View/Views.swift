// Views and members for tests.

@testable import TroupeCluster

func member(_ id: NodeID, _ incarnation: UInt64 = 1, weight: Int = 1, state: Member.State = .active) -> Member {
  Member(id: id, incarnation: Incarnation(incarnation), addresses: ["\(id):7000"], weight: weight, state: state)
}

/// A cluster whose members joined one after another, each having got its share.
func view(_ ids: [NodeID], shards: Int = 12) -> View {
  var view = View.first(cluster: "test", shardCount: shards, member: member(ids[0]))
  for id in ids.dropFirst() { view = try! view.joining(member(id)).balanced() }
  return view
}

extension View {
  /// Every owner has given away what it should.
  func balanced() -> View {
    var view = self
    let desired = Placement.desiredOwners(of: self)
    for shard in owners.indices where owners[shard] != desired[shard] { view.transfers[ShardID(shard)] = 1 }
    view.owners = desired
    return view
  }

  func ownerIDs() -> [NodeID?] { owners.map { $0 == Self.nobody ? nil : members[Int($0)].id } }

  func weighing(_ weights: [NodeID: Int]) -> View {
    var view = self
    for (id, weight) in weights { view = try! view.setting(.weight(id, weight)) }
    return view
  }
}

/// In how many places two lists differ.
func differences<T: Equatable>(_ left: [T], _ right: [T]) -> Int { zip(left, right).count { $0 != $1 } }
