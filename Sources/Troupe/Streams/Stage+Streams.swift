// The streams that a loop serves: opened by a turn, pulled by calls with a number that every kind has, ended by either side.

extension Stage {
  /// A turn has opened a stream: its reply is the ticket.
  func open(_ stream: OpenStream, of activation: Activation, to sink: ReplySink) {
    guard streams.count < StreamLimits.open else {
      stream.close(nil)
      return reply(to: sink, .overloaded, text: "\(StreamLimits.open) streams are open on this loop")
    }
    stream.begin(of: activation, for: sink)
    activation.openStreams += 1
    streams[stream.ticket] = stream
    counters.streams += 1
    activation.letOut(.value, StreamTicket(number: stream.ticket).wireBytes, to: sink)
  }

  /// The stream that the turn which has just ended has made.
  func takeOpened() -> OpenStream {
    guard let stream = opened.take() else { preconditionFailure("a turn said that it opened a stream, and there is none") }
    return stream
  }

  func pull(_ arguments: RawSpan, of activation: Activation, _ facts: CallFacts, to sink: ReplySink) {
    var reader = Reader(arguments)
    guard let pull = try? reader.read(StreamPull.self) else {
      return reply(to: sink, .badArguments, text: "a pull names a ticket, an item and bytes")
    }
    if let stream = streams[pull.ticket], stream.activation === activation, stream.pull(pull, facts, to: sink) { return }
    let end = StreamEnd.lost(
      "\(activation.kind.name)/\(activation.id) has no such stream: it moved, restarted, or heard nothing for too long")
    reply(to: sink, .value, StreamBatch(items: [], end: end).wireBytes)
  }

  func closeStream(_ arguments: RawSpan, of activation: Activation, to sink: ReplySink) {
    var reader = Reader(arguments)
    if let ticket = try? reader.read(StreamTicket.self).number, let stream = streams[ticket], stream.activation === activation {
      end(stream)
      stream.close(nil)
    }
    reply(to: sink, .value, [])
  }

  /// The table lets go of it; whoever holds it may still answer.
  func end(_ stream: OpenStream) {
    guard streams.removeValue(forKey: stream.ticket) != nil, let activation = stream.activation else { return }
    activation.openStreams -= 1
  }

  /// The shard leaves or starts anew: what was not delivered is to be asked for again.
  func endStreams(of shard: Shard) {
    guard !streams.isEmpty else { return }
    for stream in inOrder where stream.activation?.shard === shard {
      let name = stream.activation.map { "\($0.kind.name)/\($0.id)" } ?? ""
      end(stream)
      stream.close(.lost("\(name) moves or starts anew"))
    }
  }

  func endStreamPulled(by call: CallOrigin) -> Bool {
    guard !streams.isEmpty, let stream = streams.values.first(where: { $0.isPulled(by: call) }) else { return false }
    counters.cancelled += 1
    end(stream)
    stream.close(nil)
    return true
  }

  func keepStreams(_ now: Instant) {
    guard !streams.isEmpty else { return }
    for stream in inOrder {
      stream.keepAlive(now)
      guard now - stream.heardAt > StreamLimits.silence else { continue }
      end(stream)
      stream.close(nil)
    }
  }

  /// A simulation must not depend on how tickets are hashed.
  private var inOrder: [OpenStream] { streams.sorted { $0.key < $1.key }.map(\.value) }
}

@Wire struct StreamTicket: Equatable {
  var number: UInt64
}
