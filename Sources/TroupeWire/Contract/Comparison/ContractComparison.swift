// Two versions of one kind, held against each other by the rules of `protocols/wire-values.md`, "Evolution": a type changes by appending
// and in no other way. A pure function; `ContractComparison+Types` has the rules for types.

struct ContractComparison {
  let old: EntityContract
  let new: EntityContract
  var breaks: [ContractBreak] = []
  /// Pairs of names that have been compared: types may contain themselves.
  var seen: Set<[String]> = []

  init(_ old: EntityContract, _ new: EntityContract) {
    self.old = old
    self.new = new
  }

  mutating func found(_ place: String, _ change: String, _ harm: ContractBreak.Harm, _ cure: String) {
    breaks.append(ContractBreak(place: place, change: change, harm: harm, cure: cure))
  }

  mutating func run() -> [ContractBreak] {
    if old.isDurable != new.isDurable {
      found(
        old.kind, old.isDurable ? "it is not durable any more" : "it has become durable", .both,
        "make a kind of another name, and let each entity hand its state over")
    }
    for method in old.methods { compare(method) }
    if let state = old.state, let present = new.state { compare(state, present, at: "\(old.kind) state") }
    if let event = old.event, let present = new.event { compare(event, present, at: "\(old.kind) event") }
    return breaks
  }

  private mutating func compare(_ method: MethodContract) {
    let place = "\(old.kind).\(method.signature)"
    guard let present = new.methods.first(where: { $0.id == method.id }) else {
      return found(
        place, "the method is gone", .olderWriters,
        "keep it until no older version calls it; if it was renamed, mark it @Was(\"\(method.name)\")")
    }
    if method.isQuery != present.isQuery {
      found(
        place, "a \(method.isQuery ? "query has become a command" : "command has become a query")", .both,
        "add a method of another name: callers decide by this whether a call may be sent twice")
    }
    if method.isStream != present.isStream {
      found(place, "it answers with \(present.isStream ? "a stream" : "one value") now", .both, "add a method of another name")
    }
    compareFields(method.parameters, present.parameters, at: place, called: "parameter")
    compare(method.result, present.result, at: "\(place) result")
    compare(method.failure, present.failure, at: "\(place) error")
  }
}
