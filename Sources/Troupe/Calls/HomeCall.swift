// A call from one entity of this process to another, whatever loop that lives on: one object that goes there with the arguments and
// comes back with the reply. The stage that makes it keeps it for its next call: memory that one loop takes and another gives
// back was seen to cost a fifth of a call.
import Synchronization

final class HomeCall: Delivery, @unchecked Sendable {
  // Sound because one loop has it at a time: the caller's, the callee's from `go` to `goBack`, then the caller's again. Who waits
  // for it, and until when, is the caller's loop's alone at all times.

  /// Calls that a stage keeps for later.
  static let kept = 2_048
  /// Memory that one may keep, bytes; arguments and replies that need more take it for one call.
  private static let keptBytes = 4 << 10
  /// How long behind a call's deadline its caller still waits for the callee's word on what became of it: two rounds of its housekeeping.
  private static let patience: Duration = .milliseconds(100)

  /// What it carries to the callee. Not copyable, so that looking at it counts no references: they would be counted on one loop
  /// after the other.
  struct Load: ~Copyable {
    var kind: UInt32 = 0
    var entity = ""
    var hash: UInt64 = 0
    var method: UInt64 = 0
    var isQuery = false
    var shard = 0
    var facts = CallFacts(deadline: .distantFuture, call: CallID(caller: 0, sequence: 0), lowestOpen: 0)
    var arguments = Writer()
  }

  private enum Place { case withCaller, withCallee, back }

  private let caller: Unmanaged<StageHome>
  private var callee: Unmanaged<StageHome>
  private var place = Place.withCaller
  /// Nil while the callee's stage delivers it.
  private var load: Load? = Load()
  /// Nil once it has its answer, or has given up.
  private var waiter: ReplyWaiter?
  private var deadline = Instant.distantFuture
  var placeAmongAll: Int
  /// What the callee looks at before it begins. Read by one loop while the other may write it.
  private let isWanted = Atomic(true)
  private var status: ReplyStatus?
  private var reply: [UInt8] = []

  init(of caller: StageHome, place: Int) {
    placeAmongAll = place
    self.caller = caller.uncounted
    callee = self.caller
  }

  // MARK: On the caller's loop

  func take(
    _ facts: CallFacts, to target: borrowing RefTarget, _ method: CalledMethod, isQuery: Bool, shard: Int, _ write: (inout Writer) -> Void,
    _ waiter: ReplyWaiter
  ) {
    guard var load = load.take() else { preconditionFailure("a call that is under way was sent once more") }
    load.kind = target.kind
    load.entity = target.id
    load.hash = target.hash
    load.method = method.id
    load.isQuery = isQuery
    load.shard = shard
    load.facts = facts
    write(&load.arguments)
    self.load = consume load
    self.waiter = waiter
    deadline = facts.deadline
  }

  func go(to home: StageHome, atOnce: Bool) {
    callee = home.uncounted
    place = .withCallee
    if atOnce, home.isHere { deliver(on: home.stage.value) } else { home.loop.deliver(self) }
  }

  private func comeBack(to stage: Stage) {
    guard let status else { return }
    guard let waiter else { return comeBackUnwanted(to: stage) }
    let answer = Reply(status: status, bytes: takeReply())
    clear()
    stage.takeHome(self)
    waiter.resume(returning: answer)
  }

  @inline(never)
  private func comeBackUnwanted(to stage: Stage) {
    if reply.count > Self.keptBytes { reply = [] }
    clear()
    isWanted.store(true, ordering: .relaxed)
    stage.takeHome(self)
  }

  /// Whether its caller was cancelled, or its time is up and the callee has not said so.
  func isGivenUp(at now: Instant) -> Bool {
    guard let waiter else { return false }
    return waiter.isCancelled || now - Self.patience >= deadline
  }

  /// The caller gets its answer now; the callee does not begin what it has not begun, and cancels what runs.
  func takeBack(at now: Instant) {
    guard isGivenUp(at: now) else { return }
    isWanted.store(false, ordering: .relaxed)
    callee._withUnsafeGuaranteedRef { home in
      if home.isHere { home.stage.value.takenBack(.home(self)) } else { home.loop.deliver(TakenBack(self, at: home.stage)) }
    }
    // On one loop it may have come back from there.
    guard let waiter else { return isWanted.store(true, ordering: .relaxed) }
    self.waiter = nil
    if waiter.isCancelled {
      waiter.resume(returning: Reply(status: .abandoned, bytes: Array("the caller's task was cancelled".utf8)))
    } else {
      waiter.resume(returning: Reply(status: .timedOut, bytes: Array("the call was not answered in time".utf8)))
    }
  }

  private func takeReply() -> [UInt8] {
    if reply.count <= Self.keptBytes { return reply.withUnsafeBytes { [UInt8]($0) } }
    var large: [UInt8] = []
    swap(&large, &reply)
    return large
  }

  private func clear() {
    waiter = nil
    status = nil
    place = .withCaller
    guard var load = load.take() else { return }
    load.facts.callers = nil
    load.facts.identity = nil
    if load.arguments.count > Self.keptBytes { load.arguments = Writer() } else { load.arguments.removeAll(keepingCapacity: true) }
    self.load = consume load
  }

  // MARK: On the callee's loop

  private func deliver(on stage: Stage) {
    guard isWanted.load(ordering: .relaxed) else { return stage.dropCancelled(.home(self)) }
    guard let load = load.take() else { return }
    stage.deliver(load, to: .home(self))
    self.load = consume load
    if status != nil { leave() }
  }

  /// The callee's last word. Who waits hears it once the call has been delivered.
  func goBack(with status: ReplyStatus, _ bytes: RawSpan) {
    self.status = status
    reply.removeAll(keepingCapacity: true)
    bytes.withUnsafeBytes { reply.append(contentsOf: $0) }
    if load != nil { leave() }
  }

  private func leave() {
    place = .back
    caller._withUnsafeGuaranteedRef { if $0.isHere { comeBack(to: $0.stage.value) } else { $0.loop.deliver(self) } }
  }

  // MARK: Delivery

  func arrive() {
    switch place {
    case .withCaller: return
    case .withCallee: callee._withUnsafeGuaranteedRef { deliver(on: $0.stage.value) }
    case .back: caller._withUnsafeGuaranteedRef { comeBack(to: $0.stage.value) }
    }
  }
}
