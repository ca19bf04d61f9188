// A delegate that writes down what it hears and answers calls as the test says.
import TroupeNet
import TroupeTransport

final class Recorder: LinkDelegate {
  enum Answer: Sendable {
    /// The arguments, as a value.
    case echo
    case never
    /// Kept until `release`.
    case later
    case status(ReplyStatus, [UInt8])
    /// This many bytes.
    case bytes(Int)
  }

  let events: EventLog
  /// In whose names calls were made, in order.
  private(set) var callers: [String] = []
  var answer = Answer.echo
  var mayFlush = true
  /// The one link over which nothing may leave.
  var refuses: Link?
  /// Links that have opened.
  private(set) var opened = 0
  /// Whether calls are written down too.
  var recordsCalls = true
  var links: [Link] = []
  private(set) var kept: [(Link, UInt32, [UInt8])] = []
  /// What the last call said of itself.
  private(set) var last: CallFields?

  init(_ events: EventLog) { self.events = events }

  func link(_ link: Link, received call: borrowing IncomingCall) {
    if recordsCalls { events.add(.called(entity: text(call.entity))) }
    last = CallFields(call)
    if call.hasIdentity {
      switch link.identity(of: call) {
      case .success(let caller): callers.append(caller.subject)
      case .failure(let why): return link.reply(request: call.request, status: why.status, Array(why.description.utf8).span.bytes)
      }
    }
    switch answer {
    case .echo: link.reply(request: call.request, status: .value, call.arguments)
    case .never: break
    case .later: kept.append((link, call.request, call.arguments.withUnsafeBytes { [UInt8]($0) }))
    case .status(let status, let bytes): link.reply(request: call.request, status: status, bytes.span.bytes)
    case .bytes(let count): link.reply(request: call.request, status: .value) { $0.append([UInt8](repeating: 1, count: count)) }
    }
  }

  func release() {
    let answers = kept
    kept = []
    for (link, request, bytes) in answers { link.reply(request: request, status: .value, bytes.span.bytes) }
  }

  func link(_ link: Link, cancelled request: UInt32) { events.add(.takenBack) }

  func link(_ link: Link, asked request: UInt32, _ topic: AskTopic, _ payload: RawSpan) {
    let bytes = payload.withUnsafeBytes { [UInt8]($0) }
    events.add(.asked(topic: topic.rawValue, bytes))
    link.answer(request: request, status: .value, Array(bytes.reversed()).span.bytes)
  }

  func link(_ link: Link, epoch: UInt64) { events.add(.epoch(epoch)) }

  func linkOpened(_ link: Link) {
    links.append(link)
    opened += 1
    events.add(.opened(link.peerDescription))
  }

  func linkClosed(_ link: Link, _ reason: CloseReason) {
    links.removeAll { $0 === link }
    events.add(.closed(reason.code))
  }

  func linkMayFlush(_ link: Link) -> Bool { mayFlush && refuses !== link }
}

func text(_ bytes: RawSpan) -> String { bytes.withUnsafeBytes { String(decoding: $0, as: UTF8.self) } }

/// A call's fields, out of its view.
struct CallFields: Equatable, Sendable {
  var kind: UInt32
  var method: UInt64
  var isQuery: Bool
  var isRetry: Bool
  var isBulk: Bool
  var timeLeft: UInt32
  var caller: UInt64
  var sequence: UInt64
  var lowestOpen: UInt64
  var epoch: UInt64
  var trace: TraceContext?
  /// As it was said, by nobody's signature.
  var identity: String?
  var chain: [ChainLink]
  var entity: String
  var arguments: [UInt8]

  init(_ call: borrowing IncomingCall) {
    kind = call.kind
    method = call.method
    isQuery = call.isQuery
    isRetry = call.isRetry
    isBulk = call.isBulk
    timeLeft = call.timeLeftMicroseconds
    caller = call.caller
    sequence = call.sequence
    lowestOpen = call.lowestOpen
    epoch = call.epoch
    trace = call.trace
    identity = call.unsignedIdentity
    chain = call.chain
    entity = text(call.entity)
    arguments = call.arguments.withUnsafeBytes { [UInt8]($0) }
  }
}
