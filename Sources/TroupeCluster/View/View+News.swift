// What is new in a view, in sentences for people: who came, went or died, what operators set, which shards went where. Pure.

extension View {
  /// Sentences about one change; another one counts what was left out.
  public static let newsLimit = 16

  /// What differs from an earlier view of the cluster; nil when there is none to compare with. Never empty.
  public func news(since old: View?) -> [String] {
    guard let old else { return ["first seen: \(Self.counted(members.count, "member")), \(Self.counted(shardCount, "shard"))"] }
    let set = settings(since: old) + pinnings(since: old) + wishings(since: old) + trials(since: old)
    let all = goings(since: old) + comings(since: old) + set + moves(since: old)
    guard !all.isEmpty else { return ["nothing but the epoch"] }
    guard all.count > Self.newsLimit else { return all }
    return all.prefix(Self.newsLimit) + ["and \(all.count - Self.newsLimit) things more"]
  }

  /// Whether at most shards have moved: the members, and what operators set, are the same.
  func hasOnlyMoved(since old: View) -> Bool { members == old.members && pins == old.pins && wishes == old.wishes && trial == old.trial }

  // MARK: Members

  private func goings(since old: View) -> [String] {
    old.members.filter { member($0.id) == nil }.map { gone in
      if burials.contains(gone.name) { return "\(gone.id) was buried" }
      // The burial may be over and forgotten; whoever leaves has given everything away, and nothing lies about without a transfer.
      let heirless = old.shards(of: gone.id).contains { owner(of: $0) != nil && transfers[$0] == nil }
      return heirless ? "\(gone.id) was buried" : "\(gone.id) left"
    }
  }

  private func comings(since old: View) -> [String] {
    members.compactMap { member in
      guard let before = old.member(member.id) else { return "\(member.id) joined" }
      return before.incarnation == member.incarnation ? nil : "\(member.id) started anew, and its former process was buried"
    }
  }

  private func settings(since old: View) -> [String] {
    members.flatMap { member -> [String] in
      guard let before = old.member(member.id) else { return [] }
      var said: [String] = []
      if before.weight != member.weight { said.append("\(member.id) weighs \(member.weight), after \(before.weight)") }
      switch (before.state, member.state) {
      case (.active, .draining): said.append("\(member.id) drains")
      case (.draining, .active): said.append("\(member.id) takes shards again")
      default: break
      }
      return said
    }
  }

  private func pinnings(since old: View) -> [String] {
    guard pins != old.pins else { return [] }
    let set = Dictionary(grouping: pins.filter { old.pins[$0.key] != $0.value }) { $0.value }.sorted { $0.key < $1.key }
    let freed = old.pins.keys.filter { pins[$0] == nil }.sorted()
    return set.map { id, pinned in "\(Self.named(pinned.map(\.key).sorted(), "is", "are")) pinned to \(id)" }
      + (freed.isEmpty ? [] : ["\(Self.named(freed, "is", "are")) not pinned any more"])
  }

  /// A round of the balancer begins or is over.
  private func wishings(since old: View) -> [String] {
    guard wishes != old.wishes else { return [] }
    let made = Dictionary(grouping: wishes.filter { old.wishes[$0.key] != $0.value }) { $0.value }.sorted { $0.key < $1.key }
    let ended = old.wishes.keys.filter { wishes[$0] == nil }.sorted()
    return made.map { id, wished in "\(Self.named(wished.map(\.key).sorted(), "is", "are")) wanted at \(id) to balance the load" }
      + (ended.isEmpty ? [] : ["\(Self.named(ended, "is", "are")) not on the way any more to balance the load"])
  }

  private func trials(since old: View) -> [String] {
    guard trial != old.trial else { return [] }
    guard let trial else { return ["version \(old.trial?.version ?? "") is not on trial any more"] }
    let shards = "\(trial.percent) % of the shards"
    guard let before = old.trial, before.version == trial.version else { return ["\(shards) go to version \(trial.version)"] }
    return ["\(shards) go to version \(trial.version), after \(before.percent) %"]
  }

  // MARK: Shards

  private struct Way: Hashable {
    let from: NodeID?
    let to: NodeID?
    var names: [String] { [from?.value ?? "", to?.value ?? ""] }
  }

  /// A node that started anew keeps its shards: they have not moved.
  private func moves(since old: View) -> [String] {
    let places = old.members.map { index(of: $0.id).map(UInt16.init) }
    var counts: [Way: Int] = [:]
    for (shard, (before, now)) in zip(old.owners, owners).enumerated() {
      let kept = before == Self.nobody ? Self.nobody : places[Int(before)]
      guard kept != now else { continue }
      counts[Way(from: old.owner(of: ShardID(shard))?.id, to: owner(of: ShardID(shard))?.id), default: 0] += 1
    }
    // The most first.
    let sorted = counts.sorted { left, right in
      left.value == right.value ? left.key.names.lexicographicallyPrecedes(right.key.names) : left.value > right.value
    }
    return sorted.map { way, count in
      let shards = Self.counted(count, "shard")
      switch (way.from, way.to) {
      case (let from?, let to?): return "\(shards) went from \(from) to \(to)"
      case (nil, let to?): return "\(shards) without an owner went to \(to)"
      case (let from?, nil): return "\(shards) of \(from) \(count == 1 ? "has" : "have") no owner now"
      case (nil, nil): return "\(shards) \(count == 1 ? "has" : "have") no owner"
      }
    }
  }

  // MARK: Words

  /// Shards that are named one by one in a sentence.
  private static let namedShards = 8

  private static func named(_ shards: [ShardID], _ one: String, _ many: String) -> String {
    if shards.count == 1 { return "shard \(shards[0]) \(one)" }
    let names = shards.prefix(namedShards).map(\.description).joined(separator: ", ")
    return "\(shards.count) shards (\(names)\(shards.count > namedShards ? ", …" : "")) \(many)"
  }

  private static func counted(_ count: Int, _ word: String) -> String { "\(count) \(word)\(count == 1 ? "" : "s")" }
}
