// A call from one entity of this process to another, whatever loop that lives on: one object that goes there with the arguments and
// comes back with the reply. The stage that makes it keeps it for its next call: memory that one loop takes and another gives
// back was seen to cost a fifth of a call.

final class HomeCall: Delivery, @unchecked Sendable {
  // Sound because one loop has it at a time: the caller's, the callee's from `go` to `goBack`, then the caller's again.

  /// Calls that a stage keeps for later.
  static let kept = 2_048
  /// Memory that one may keep, bytes; arguments and replies that need more take it for one call.
  private static let keptBytes = 4 << 10

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
  private var waiter: ReplyWaiter?
  private var status: ReplyStatus?
  private var reply: [UInt8] = []

  init(of caller: StageHome) {
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
  }

  func go(to home: StageHome, atOnce: Bool) {
    callee = home.uncounted
    place = .withCallee
    if atOnce, home.isHere { deliver(on: home.stage.value) } else { home.loop.deliver(self) }
  }

  private func comeBack(to stage: Stage) {
    guard let waiter, let status else { return }
    let answer = Reply(status: status, bytes: takeReply())
    clear()
    if stage.spareCalls.count < Self.kept { stage.spareCalls.append(self) }
    waiter.resume(returning: answer)
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
