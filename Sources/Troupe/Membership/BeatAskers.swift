// Clients that want to know who beats. They are told with a node's own beats, so that they cost the store nothing.

/// What a beat showed, as it is told on a link. In the same order: who, which incarnation, and its count.
@Wire struct BeatsShown {
  var nodes: [String]
  var incarnations: [UInt64]
  var counters: [UInt64]
  /// Of the register, when the beat was stored.
  var epoch: UInt64

  init(_ beats: [PeerBeat], at epoch: Epoch) {
    self.epoch = epoch.value
    nodes = beats.map(\.name.id.value)
    incarnations = beats.map(\.name.incarnation.value)
    counters = beats.map(\.counter)
  }

  var beats: [PeerBeat] {
    zip(zip(nodes, incarnations), counters).map { PeerBeat(IncarnationName(NodeID($0.0), Incarnation($0.1)), counter: $1) }
  }
}

/// Questions that wait for one beat.
struct BeatAskers: Sendable {
  typealias Answer = @Sendable (Result<[UInt8], CallError>) -> Void

  /// A client asks four times a second, so one or two of its questions wait for a beat: room for two thousand clients and more.
  static let limit = 4_096

  private var waiting: [Answer] = []

  mutating func add(_ answer: @escaping Answer) {
    guard waiting.count < Self.limit else {
      return answer(.failure(CallError(.overloaded, "\(Self.limit) questions wait for the next beat", mayRetry: true)))
    }
    waiting.append(answer)
  }

  mutating func takeAll() -> BeatAskers {
    defer { waiting = [] }
    return self
  }

  func tell(_ beats: [PeerBeat], at epoch: Epoch) {
    guard !waiting.isEmpty else { return }
    let bytes = BeatsShown(beats, at: epoch).wireBytes
    for answer in waiting { answer(.success(bytes)) }
  }

  func refuse(_ why: String) {
    for answer in waiting { answer(.failure(CallError(.unavailable, why, mayRetry: true))) }
  }
}
