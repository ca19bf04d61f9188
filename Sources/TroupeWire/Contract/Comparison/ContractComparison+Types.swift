// The rules for types: places count, names are only looked at to tell what moved.

extension ContractComparison {
  mutating func compare(_ before: WireType, _ now: WireType, at place: String) {
    switch (before, now) {
    case (.int(let old), .int(let new)), (.uint(let old), .uint(let new)):
      // Wider is fine, but for 8 bits: they are a byte and no varint.
      if old != new, old == 8 || new < old { retyped(before, now, at: place) }
    case (.optional(let old), .optional(let new)), (.array(let old), .array(let new)), (.set(let old), .set(let new)):
      compare(old, new, at: place)
    case (.dictionary(let oldKey, let oldValue), .dictionary(let newKey, let newValue)):
      compare(oldKey, newKey, at: place)
      compare(oldValue, newValue, at: place)
    case (.named(let old), .named(let new)): compareNamed(old, new, at: place)
    default: if before != now { retyped(before, now, at: place) }
    }
  }

  private mutating func retyped(_ before: WireType, _ now: WireType, at place: String) {
    found(place, "\(before) has become \(now)", .both, "append a field, or add a method, of the new type and keep the old one")
  }

  private mutating func compareNamed(_ before: String, _ now: String, at place: String) {
    guard seen.insert([before, now]).inserted else { return }
    let inside = "\(old.kind): \(before)"
    switch (old.types[before], new.types[now]) {
    case (.structure(let old), .structure(let new)): compareFields(old, new, at: inside, called: "field")
    case (.enumeration(let old), .enumeration(let new)): compareCases(old, new, at: inside)
    default: retyped(.named(before), .named(now), at: place)
    }
  }

  mutating func compareFields(_ before: [FieldContract], _ now: [FieldContract], at place: String, called word: String) {
    for (old, new) in zip(before, now) {
      guard old.name == new.name else {
        // What follows has moved as well; one line says it.
        return found(
          place, "the \(word) '\(new.name)' stands where '\(old.name)' stood", .both,
          "append new ones at the end, and keep order and names of the others")
      }
      let field = "\(place).\(old.name)"
      compare(old.type, new.type, at: field)
      compareDefaults(old, new, at: field)
    }
    for gone in before.dropFirst(now.count) {
      found("\(place).\(gone.name)", "the \(word) is gone", .both, "keep it, unused, and say so beside it")
    }
    for new in now.dropFirst(before.count) where new.standIn == nil {
      found(
        "\(place).\(new.name)", "the new \(word) has no default", .olderWriters,
        "give it one, or make it optional: older versions do not write it")
    }
  }

  private mutating func compareDefaults(_ old: FieldContract, _ new: FieldContract, at place: String) {
    guard let before = old.standIn, before != new.standIn else { return }
    guard new.standIn != nil else {
      return found(place, "it must be there now, and has no default any more", .olderWriters, "keep the default")
    }
    // Of another type, it is another default anyway, and that has been said.
    guard old.type == new.type else { return }
    found(
      place, "it has another default", .olderWriters,
      "keep the default: what was written before the field was there would change its meaning")
  }

  private mutating func compareCases(_ before: [CaseContract], _ now: [CaseContract], at place: String) {
    for (old, new) in zip(before, now) {
      guard old.name == new.name else {
        return found(
          place, "the case '\(new.name)' stands where '\(old.name)' stood", .both,
          "append new cases at the end, and keep order and names of the others: a case travels as its place")
      }
      compareFields(old.fields, new.fields, at: "\(place).\(old.name)", called: "value")
    }
    for gone in before.dropFirst(now.count) {
      found("\(place).\(gone.name)", "the case is gone", .olderWriters, "keep it, and what was stored with it can be read")
    }
  }
}

extension FieldContract {
  /// What a reader takes where the field is missing; nil when it takes nothing.
  var standIn: [UInt8]? {
    if let missing { return missing }
    if case .optional = type { return [0] }
    return nil
  }
}
