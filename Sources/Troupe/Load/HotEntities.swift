// Which entities of a loop cost most, and who calls them: the sketch "space saving" (Metwally, Agrawal and El Abbadi, 2005) over the calls that are
// sampled. It holds a fixed number of entities however many there are, and whoever has more than that part of the calls is among them.

struct HotEntities {
  static let capacity = 64
  static let callersAnEntity = 4

  struct Caller: Hashable {
    let name: String
    var samples: UInt64
  }

  struct Spot {
    let kind: UInt32
    let hash: UInt64
    let entity: String
    /// Of it, and of whom it took the place from: the true number is between this and this less `inherited`.
    var samples: UInt64
    var inherited: UInt64
    var nanoseconds: UInt64 = 0
    var callers: [Caller] = []
  }

  private var places: [UInt64: Int] = [:]
  private(set) var spots: [Spot] = []

  mutating func note(kind: UInt32, hash: UInt64, entity: @autoclosure () -> String, caller: String, nanoseconds: UInt64) {
    let index = places[hash] ?? takePlace(kind: kind, hash: hash, entity())
    spots[index].samples += 1
    spots[index].nanoseconds += nanoseconds
    note(caller, at: index)
  }

  private mutating func takePlace(kind: UInt32, hash: UInt64, _ entity: String) -> Int {
    guard spots.count == Self.capacity else {
      spots.append(Spot(kind: kind, hash: hash, entity: entity, samples: 0, inherited: 0))
      places[hash] = spots.count - 1
      return spots.count - 1
    }
    var least = 0
    for index in spots.indices where spots[index].samples < spots[least].samples { least = index }
    places[spots[least].hash] = nil
    places[hash] = least
    let inherited = spots[least].samples
    spots[least] = Spot(kind: kind, hash: hash, entity: entity, samples: inherited, inherited: inherited)
    return least
  }

  /// The same among an entity's callers.
  private mutating func note(_ caller: String, at index: Int) {
    if let known = spots[index].callers.firstIndex(where: { $0.name == caller }) {
      spots[index].callers[known].samples += 1
    } else if spots[index].callers.count < Self.callersAnEntity {
      spots[index].callers.append(Caller(name: caller, samples: 1))
    } else {
      let callers = spots[index].callers
      let least = callers.indices.min { callers[$0].samples < callers[$1].samples } ?? 0
      spots[index].callers[least] = Caller(name: caller, samples: callers[least].samples + 1)
    }
  }

  /// Those that certainly had calls, the most first.
  var hottest: [Spot] {
    spots.filter { $0.samples > $0.inherited }
      .sorted { ($1.samples - $1.inherited, $0.entity) < ($0.samples - $0.inherited, $1.entity) }
  }
}
