// The messages that a group of consumers could not take: a durable entity a group, so that they are as safe as what they came from and
// are listed, dropped and sent again by plain calls. Sending one again records an event here, which the group reads like any other.

/// What a group of consumers has given up on, under the group's name. Every node with a subscription has this kind.
@Entity("dead-letters")
public actor DeadLetters: EventSourced {
  static let kindID = Troupe.kindID("dead-letters")

  /// Letters of one group. When there are as many, the group stands still until somebody has looked.
  public static let limit = 1_000
  /// Bytes of a letter's error that are kept.
  static let errorBytes = 1_024

  @Wire public struct State: Sendable {
    public var letters: [String: DeadLetter] = [:]

    public mutating func apply(_ event: Event) {
      switch event {
      case .buried(let letter): letters[letter.id] = letter
      case .dropped(let id): letters[id] = nil
      case .returned(let letter): letters[letter.id] = nil
      }
    }
  }

  @Wire public enum Event: Sendable {
    case buried(DeadLetter)
    case dropped(String)
    /// The group gets it once more.
    case returned(DeadLetter)
  }

  @Wire public enum Failure: Error, Hashable {
    case full(Int)
    case unknown(String)
  }

  /// The same letter once more changes nothing.
  @Command func bury(_ letter: DeadLetter) throws(Failure) {
    guard state.letters[letter.id] == nil else { return }
    guard state.letters.count < Self.limit else { throw .full(Self.limit) }
    var letter = letter
    letter.error = String(decoding: letter.error.utf8.prefix(Self.errorBytes), as: UTF8.self)
    emit(.buried(letter))
  }

  /// Lets the group have a letter once more. One turn and so one record each: one that fails again does not take others with it.
  @Command public func redrive(_ id: String) throws(Failure) {
    guard let letter = state.letters[id] else { throw .unknown(id) }
    emit(.returned(letter))
  }

  /// Forgets a letter.
  @Command public func drop(_ id: String) throws(Failure) {
    guard state.letters[id] != nil else { throw .unknown(id) }
    emit(.dropped(id))
  }

  @Query public func count() -> Int { state.letters.count }

  /// At most so many, the oldest first.
  @Query public func list(limit: Int = 100) -> [DeadLetter] { Array(sorted.prefix(max(0, limit))) }

  @Query public func letter(_ id: String) throws(Failure) -> DeadLetter {
    guard let letter = state.letters[id] else { throw .unknown(id) }
    return letter
  }

  private var sorted: [DeadLetter] { state.letters.values.sorted { ($0.buried, $0.id) < ($1.buried, $1.id) } }
}

/// One record that a group of consumers did not take.
@Wire public struct DeadLetter: Hashable, Sendable {
  public var shard: UInt16
  public var offset: UInt64
  public var kind: UInt32
  public var entity: String
  /// When its turn was recorded, and when it came here; milliseconds since 1970.
  public var recorded: Int64
  public var buried: Int64
  public var attempts: Int
  public var error: String
  /// As the log had them.
  public var events: [[UInt8]]
  /// Of the group in that shard, when it first came here.
  public var generation: UInt32 = 0

  /// Names it within the group.
  public var id: String { "\(shard)-\(offset)" }
}
