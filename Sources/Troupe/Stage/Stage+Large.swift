// Calls with a large byte array at the end: it is put together where the entity gets it, so that no loop stands still for a copy of
// megabytes. Whoever cannot take it like this gets all arguments as one.
import TroupeWire

extension Stage {
  @usableFromInline func link(_ link: Link, findLarge call: borrowing IncomingCall, missing: Int) -> Range<Int>? {
    guard !call.isBulk, let kind = registry.kinds[call.kind], !kind.isDurable,
      let method = kind.contract.methods.first(where: { $0.id == call.method }),
      !method.isAsync, !method.isStream, method.parameters.last?.type == .bytes
    else { return nil }
    var reader = Reader(call.arguments)
    do {
      for parameter in method.parameters.dropLast() { guard try reader.skip(parameter.type) else { return nil } }
      let start = call.arguments.byteCount - reader.remaining
      let count = try reader.varint()
      guard count > LargeBytes.worth, count == reader.remaining + missing else { return nil }
      return start..<(call.arguments.byteCount - reader.remaining)
    } catch {
      return nil  // the first bytes do not reach so far, or it is nonsense: that is found out when all of it is here
    }
  }

  @usableFromInline func link(_ link: Link, received call: borrowing IncomingCall, _ large: LargeBytes) {
    self.large = large
    self.link(link, received: call)
    self.large = nil
  }
}

extension Shard {
  /// Runs the call at once if its entity is here, idle and takes the last argument as it came; otherwise as any other call.
  func deliver(
    _ kind: Kind, _ entity: RawSpan, hash: UInt64, _ method: UInt64, isQuery: Bool, _ arguments: RawSpan, _ large: LargeBytes,
    _ facts: CallFacts, to sink: ReplySink, on stage: Stage
  ) {
    if state == .serving, suspects == nil, !facts.isOrphan, let found = table.find(kind: kind.id, hash: hash, id: entity),
      found.canStart(isQuery: isQuery, caller: facts.call.caller)
    {
      found.lastUsed = stage.loop.now
      let outer = stage.turnMark?.enter(found, method)
      let hasRun = found.run(method, arguments, large, facts, to: sink, on: stage)
      if let outer { stage.turnMark?.leave(to: outer) }
      if hasRun { return }
    }
    let bytes = large.take()
    var whole = Writer(capacity: arguments.byteCount + bytes.count + 10)
    whole.append(arguments)
    whole.byteArray(bytes)
    deliver(kind, entity, hash: hash, method, isQuery: isQuery, whole.span, facts, to: sink, on: stage)
  }
}

extension Reader {
  /// Steps over a value of a simple type; false for one that it does not know how to.
  fileprivate mutating func skip(_ type: WireType) throws(WireError) -> Bool {
    switch type {
    case .bool, .int(8), .uint(8): try skip(1)
    case .int, .uint: _ = try varint()
    case .fixed32, .float: try skip(4)
    case .fixed64, .double: try skip(8)
    case .string, .bytes: try skip(try length())
    default: return false
    }
    return true
  }
}
