// Everything that a chaos run knows, as one state: who calls what next, what came of it, what was done to the cluster. The judges sit
// in here, so an answer is judged before its caller goes on. Pure; `ChaosHistory` is the lock around it.

import ShopCarts

struct ChaosBook: Sendable {
  /// One call, from the moment it was due to its end.
  struct Ticket: Sendable {
    let place: Int
    let judge: Int
    let cart: String
    /// Of a write.
    let number: Int?
    let floor: CartJudge.Floor
    let due: Double
  }

  struct Event: Hashable, Sendable {
    var at: Double
    var what: String
  }

  /// A place gets a new cart after so many writes; a cart takes a few more while it waits for an answer after a fault.
  static let writesPerCart = 60
  /// Sentences that are kept; the rest is counted.
  static let complaintLimit = 50
  static let eventLimit = 2_000

  private(set) var series: ChaosSeries
  private(set) var faults: [ChaosFault] = []
  private(set) var events: [Event] = []
  private(set) var judges: [CartJudge] = []
  private(set) var complaints: [ChaosComplaint] = []
  private(set) var complaintCounts: [ChaosComplaint.Kind: Int] = [:]
  private(set) var failedByName: [String: Int] = [:]
  private(set) var (sent, answered, failed) = (0, 0, 0)
  private(set) var (unknownWrites, failedWrites, dropped) = (0, 0, 0)
  private(set) var (before, during, after) = (Latencies(), Latencies(), Latencies())
  private let name: String
  /// The judge of each place's present cart.
  private var places: [Int]
  private var generations: [Int]
  private var open: [Int]
  private var answeredPlaces: Set<Int> = []

  init(name: String, places count: Int, expecting seconds: Double) {
    self.name = name
    series = ChaosSeries(expecting: seconds)
    places = Array(0..<count)
    generations = Array(repeating: 0, count: count)
    open = Array(repeating: 0, count: count)
    judges = (0..<count).map { CartJudge("\(name)-\($0)-0") }
  }

  /// Carts that calls go to at present.
  var carts: [String] { places.map { judges[$0].cart } }
  /// Whether every place has been answered once.
  var isWarm: Bool { answeredPlaces.count == places.count }

  // MARK: Calls

  mutating func begin(place: Int, isWrite: Bool, due: Double, at seconds: Double) -> Ticket {
    if isWrite { renewIfUsedUp(place) }
    let judge = places[place]
    let floor = judges[judge].floor
    // A cart that is full while it is waited for is read instead.
    let number = isWrite && !judges[judge].isFull ? judges[judge].ask() : nil
    open[judge] += 1
    return Ticket(place: place, judge: judge, cart: judges[judge].cart, number: number, floor: floor, due: due)
  }

  /// Each time that it leaves, again under its key included.
  mutating func sent(at seconds: Double) {
    sent += 1
    series.change(at: seconds) { $0.sent += 1 }
    for index in faults.indices where !faults[index].isOver { faults[index].heardSent(at: seconds) }
  }

  mutating func answered(_ ticket: Ticket, _ lines: [SKU: Int], at seconds: Double) {
    answered += 1
    answeredPlaces.insert(ticket.place)
    series.change(at: seconds) { $0.answered += 1 }
    let latency = Duration.seconds(max(0, seconds - ticket.due))
    series.change(at: ticket.due) { $0.latencies.add(latency) }
    if faults.contains(where: { $0.isOn(at: ticket.due) }) {
      during.add(latency)
    } else if faults.isEmpty || ticket.due < faults[0].at {
      before.add(latency)
    } else {
      after.add(latency)
    }
    for index in faults.indices where !faults[index].isDone { faults[index].heardAnswer(of: ticket.cart, due: ticket.due, at: seconds) }
    keep(judges[ticket.judge].answered(ticket.number, floor: ticket.floor, lines: lines))
    ended(ticket)
  }

  /// One try failed; another may follow.
  mutating func failed(_ reason: String, at seconds: Double) {
    failed += 1
    failedByName[reason, default: 0] += 1
    series.change(at: seconds) { $0.failed += 1 }
  }

  /// No other try follows.
  mutating func gaveUp(_ ticket: Ticket, mayHaveRun: Bool) {
    if let number = ticket.number {
      if mayHaveRun {
        unknownWrites += 1
      } else {
        failedWrites += 1
        keep(judges[ticket.judge].failed(number))
      }
    }
    ended(ticket)
  }

  /// A call that was due and not made, for too many are open.
  mutating func drop(at seconds: Double) {
    dropped += 1
    failed("not-sent", at: seconds)
  }

  /// What a cart holds when everything is over.
  mutating func found(_ judge: Int, _ lines: [SKU: Int]) {
    keep(judges[judge].answered(nil, floor: judges[judge].floor, lines: lines))
  }

  // MARK: The cluster

  mutating func begin(_ fault: ChaosFault) {
    faults.append(fault)
    note(fault.name, at: fault.at)
  }

  mutating func endFaults(at seconds: Double) {
    for index in faults.indices where !faults[index].isOver { faults[index].end(at: seconds) }
  }

  mutating func note(_ what: String, at seconds: Double) {
    if events.count < Self.eventLimit { events.append(Event(at: seconds, what: what)) }
  }

  /// Whether every cart of the dead has been answered.
  var isEverybodyHeard: Bool { faults.allSatisfy(\.silent.isEmpty) }

  // MARK: Own

  private mutating func renewIfUsedUp(_ place: Int) {
    let judge = places[place]
    guard judges[judge].asked >= Self.writesPerCart, !faults.contains(where: { $0.silent.contains(judges[judge].cart) }) else { return }
    generations[place] += 1
    places[place] = judges.count
    judges.append(CartJudge("\(name)-\(place)-\(generations[place])"))
    open.append(0)
    if open[judge] == 0 { judges[judge].retire() }
  }

  private mutating func ended(_ ticket: Ticket) {
    open[ticket.judge] -= 1
    if open[ticket.judge] == 0, places[ticket.place] != ticket.judge { judges[ticket.judge].retire() }
  }

  private mutating func keep(_ found: [ChaosComplaint]) {
    for complaint in found {
      complaintCounts[complaint.kind, default: 0] += 1
      if complaints.count < Self.complaintLimit { complaints.append(complaint) }
    }
  }
}
