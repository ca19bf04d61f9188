// What another version of a kind does not know, from its contract: both are walked side by side, for types are known by where they stand
// and not by what they are called.

extension CaseLimits {
  /// The cases that `contract` may use in events and states which `other`'s program reads too.
  public init(of contract: EntityContract, readBy other: EntityContract, because reason: String) {
    self.init()
    var walk = SideBySide(ours: contract.types, theirs: other.types, reason: reason)
    if let ours = contract.event, let theirs = other.event { walk.pass(ours, theirs) }
    if let ours = contract.state, let theirs = other.state { walk.pass(ours, theirs) }
    self = walk.limits
  }
}

private struct SideBySide {
  let ours: [String: TypeContract]
  let theirs: [String: TypeContract]
  let reason: String
  var limits = CaseLimits()
  var seen: Set<[String]> = []

  init(ours: [String: TypeContract], theirs: [String: TypeContract], reason: String) {
    self.ours = ours
    self.theirs = theirs
    self.reason = reason
  }

  mutating func pass(_ our: WireType, _ their: WireType) {
    switch (our, their) {
    case (.optional(let our), .optional(let their)), (.array(let our), .array(let their)), (.set(let our), .set(let their)):
      pass(our, their)
    case (.dictionary(let ourKey, let ourValue), .dictionary(let theirKey, let theirValue)):
      pass(ourKey, theirKey)
      pass(ourValue, theirValue)
    case (.named(let our), .named(let their)):
      guard seen.insert([our, their]).inserted else { return }
      passNamed(our, their)
    default: break
    }
  }

  private mutating func passNamed(_ our: String, _ their: String) {
    switch (ours[our], theirs[their]) {
    case (.structure(let fields), .structure(let known)): pass(fields, known)
    case (.enumeration(let cases), .enumeration(let known)):
      if known.count < cases.count { limits.lower(our, to: known.count, because: reason) }
      for (element, known) in zip(cases, known) { pass(element.fields, known.fields) }
    default: break
    }
  }

  /// What we have appended they step over, whatever stands in it.
  private mutating func pass(_ fields: [FieldContract], _ known: [FieldContract]) {
    for (field, known) in zip(fields, known) { pass(field.type, known.type) }
  }
}
