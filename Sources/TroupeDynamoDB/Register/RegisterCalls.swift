// The register and the beats.
import TroupeAWS
import TroupeCluster
import TroupeJournal

struct RegisterCalls: Sendable {
  let table: Table

  func read(_ budget: inout Budget) async throws(StoreError) -> RegisterItem? {
    try await table.get(.register, &budget).map { (item) throws(StoreError) in try RegisterItem(item) }
  }

  func create(_ view: View, _ budget: inout Budget) async throws(StoreError) -> CASOutcome {
    let own = RegisterItem(view: view, nonce: SystemTime.random())
    let outcome = try await table.commit(
      [.put(try own.item(), .isAbsent), .put(BeatsItem.first(view), nil)], &budget)
    return try await result(of: outcome, own, &budget)
  }

  func compareAndSet(_ view: View, _ budget: inout Budget) async throws(StoreError) -> CASOutcome {
    guard let old = try await read(&budget)?.view else { throw .invalid("there is no cluster to change") }
    guard old.epoch.next == view.epoch else { return .lost(current: old.epoch) }
    let own = RegisterItem(view: view, nonce: SystemTime.random())
    let condition = Condition.equals("epoch", .number(old.epoch.value))
    let outcome = try await table.commit([.put(try own.item(), condition), Self.beats(from: old, to: view, condition)], &budget)
    return try await result(of: outcome, own, &budget)
  }

  /// A refused change may still be ours, when the answer to its first attempt was lost.
  private func result(of outcome: Table.Committed, _ own: RegisterItem, _ budget: inout Budget) async throws(StoreError) -> CASOutcome {
    guard case .refused(let refusals) = outcome else { return .stored }
    guard refusals[0] != nil, let there = try await read(&budget) else {
      throw .corrupt("the item of beats is not that of the register")
    }
    if there == own { return .stored }
    // Ours may have been stored, and changed since: nobody can tell.
    if budget.isOpen && there.view.epoch > own.view.epoch { throw budget.end("the register was changed meanwhile") }
    return .lost(current: there.view.epoch)
  }

  /// Members that stay keep their counters, and so do the buried, under another name.
  private static func beats(from old: View, to new: View, _ condition: Condition) -> Change {
    let (before, after) = (Set(old.members.map(\.name)), Set(new.members.map(\.name)))
    let burials = Set(new.burials)
    var names = ["#e": "epoch"]
    var values: [String: Attribute] = [":e": .number(new.epoch.value)]
    var sets = ["#e = :e"]
    var removals: [String] = []
    for (index, name) in after.subtracting(before).sorted().enumerated() {
      names["#n\(index)"] = BeatsItem.attribute(name)
      values[":z"] = .number(-1)
      sets.append("#n\(index) = :z")
    }
    for (index, name) in before.subtracting(after).sorted().enumerated() {
      names["#g\(index)"] = BeatsItem.attribute(name)
      removals.append("#g\(index)")
      guard burials.contains(name) else { continue }
      names["#b\(index)"] = BeatsItem.buriedAttribute(name)
      sets.append("#b\(index) = #g\(index)")
    }
    for (index, name) in Set(old.burials).subtracting(burials).sorted().enumerated() {
      names["#f\(index)"] = BeatsItem.buriedAttribute(name)
      removals.append("#f\(index)")
    }
    let removal = removals.isEmpty ? "" : " REMOVE " + removals.joined(separator: ", ")
    // The condition is on the same attribute by the same name.
    return .update(
      .beats, "SET " + sets.joined(separator: ", ") + removal, names: names, values: values,
      Condition(expression: "#e = :c", values: condition.values))
  }

  func beat(_ beat: Beat, _ budget: inout Budget) async throws(StoreError) -> BeatOutcome {
    let attribute = BeatsItem.attribute(IncarnationName(beat.node, beat.incarnation))
    let written = try await table.update(
      .beats, "SET #m = :n", names: ["#m": attribute], values: [":n": .number(beat.counter)],
      if: "attribute_exists(#m) AND #m < :n", &budget, isEffect: true)
    let found: BeatsItem
    switch written {
    case .done(let answer):
      guard let item = Item(answer["Attributes"]) else { throw .corrupt("the item of beats cannot be read") }
      found = try BeatsItem(item)
    case .refused(let item):
      guard let item else { throw .invalid("there is no cluster to beat in") }
      found = try BeatsItem(item)
    }
    // Refused although it is listed: it was as high already.
    return found.lists(beat) ? .beats(epoch: found.epoch, found.beats) : .refusedNotListed(epoch: found.epoch, found.beats)
  }
}
