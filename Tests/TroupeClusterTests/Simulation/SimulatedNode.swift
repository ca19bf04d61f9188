// One process: a machine and the thinnest driver that a test can have. It serves a shard from the end of its take-over to the end
// of its sealing, and answers only under its lease, by a clock of its own that runs a little fast or slow.

@testable import TroupeCluster

final class SimulatedNode {
  let id: NodeID
  unowned let world: SimulatedCluster
  private(set) var machine: MembershipMachine
  private let origin: Int64
  /// Nanoseconds of its own clock for a million true ones.
  private let rate: Int64
  private(set) var isRunning = true
  private var pausedUntil: Int64 = 0
  private var waking = Moment.distantFuture
  private(set) var serving: Set<ShardID> = []
  private var tokens: [ShardID: Int] = [:]
  private var leaseUntil = Moment.distantPast
  var isCutFromStore = false
  /// Sabotage: it answers whether it has a lease or not.
  var ignoresLease = false
  private(set) var stopped: StopReason?

  init(_ member: Member, in world: SimulatedCluster) {
    id = member.id
    self.world = world
    machine = MembershipMachine(
      cluster: "simulated", me: member, shardCount: world.shardCount, times: world.times, seed: world.random.next())
    origin = .random(in: 0...1_000_000_000_000, using: &world.random)
    rate = .random(in: 990_000...1_010_000, using: &world.random)
  }

  var name: IncarnationName { machine.me.name }
  var now: Moment { Moment(nanoseconds: origin + world.time.nanoseconds / 1_000_000 * rate + world.time.nanoseconds % 1_000_000) }
  private var isPaused: Bool { world.time.nanoseconds < pausedUntil }
  /// Whether it would answer a call to the shard now.
  func answers(_ shard: ShardID) -> Bool { isRunning && serving.contains(shard) && (ignoresLease || now < leaseUntil) }
  var mayAnswer: Bool { isRunning && (ignoresLease || now < leaseUntil) }
  var answersProbes: Bool { isRunning && !isPaused && machine.answersProbes(at: now) }

  func kill() { isRunning = false }
  func pause(_ duration: Duration) { pausedUntil = world.time.nanoseconds + duration.wholeNanoseconds }

  // MARK: Events

  /// A process that is stopped hears everything when it goes on.
  func hear(_ event: MembershipEvent) {
    guard isRunning else { return }
    guard !isPaused else {
      return world.time.after(.nanoseconds(pausedUntil - world.time.nanoseconds)) { [self] in hear(event) }
    }
    for effect in machine.handle(event, now: now) { perform(effect) }
    wake()
  }

  private func wake() {
    let next = machine.wakeAt
    guard next < waking || waking <= now, next != .distantFuture else { return }
    waking = next
    // A clock that runs slow needs more true time.
    world.time.after((next - now) * 1_000_000 / Int(rate) + .nanoseconds(1_000)) { [self] in
      guard waking == next else { return }
      waking = .distantFuture
      hear(.tick)
    }
  }

  // MARK: Effects

  private func perform(_ effect: MembershipEffect) {
    switch effect {
    case .beat, .readBeats, .readRegister, .createCluster, .compareAndSet: askStore(effect)
    case .greet, .probe, .askWord, .giveWord, .askUnheard, .tellEpoch: world.send(effect, from: self)
    case .leaseRenewed(let until):
      leaseUntil = until
      world.needsCheck = true
    case .leaseLost: leaseUntil = .distantPast
    case .takeOver(let shards): for shard in shards { takeOver(shard) }
    case .warm(let targets): warm(targets)
    case .seal(let targets, _): for shard in targets.keys.sorted() { seal(shard) }
    case .unseal(let shards): for shard in shards { serve(shard) }
    case .drop(let shards, _): for shard in shards { renew(shard); serving.remove(shard) }
    case .stop(let reason): stop(reason)
    case .viewChanged, .joined, .believe, .settingEnded: break
    case .note(let text): world.log("\(id): \(text)")
    }
  }

  private func askStore(_ effect: MembershipEffect) {
    let (store, name) = (world.store, name)
    switch effect {
    case .beat(let counter):
      store.perform(unless: isCutFromStore, { store.beat(name, counter) }) { [self] answer in
        guard let answer else { return hear(.beatFailed) }
        hear(answer.beats.map { .beatTaken(answer.epoch, $0) } ?? .beatRefused(answer.epoch))
      }
    case .readBeats:
      store.perform(unless: isCutFromStore, { store.readBeats() }) { [self] in
        hear($0.map { .beatsRead($0.epoch, $0.beats) } ?? .beatsReadFailed)
      }
    case .readRegister:
      store.perform(unless: isCutFromStore, { [store.register] }) { [self] in hear($0.map { .registerRead($0[0]) } ?? .registerReadFailed) }
    case .createCluster(let view):
      store.perform(unless: isCutFromStore, { store.create(view) }) { [self] in hear(.changeEnded($0 ?? .unknown)) }
    case .compareAndSet(let view):
      store.perform(unless: isCutFromStore, { store.compareAndSet(view) }) { [self] in hear(.changeEnded($0 ?? .unknown)) }
    default: break
    }
  }

  // MARK: Shards

  /// An append met another's fence, or so it seemed: the memory is gone.
  func loseAShard() {
    guard isRunning, !isPaused, let shard = serving.sorted().randomElement(using: &world.random) else { return }
    renew(shard)
    serving.remove(shard)
    hear(.shardLost(shard))
  }

  /// Whatever was under way with the shard is void.
  private func renew(_ shard: ShardID) { tokens[shard, default: 0] += 1 }

  private func later(_ shard: ShardID, _ range: ClosedRange<Int64>, _ work: @escaping () -> Void) {
    renew(shard)
    let token = tokens[shard]
    world.time.after(.nanoseconds(Int64.random(in: range, using: &world.random))) { [self] in
      guard tokens[shard] == token, isRunning else { return }
      guard !isPaused else { return later(shard, 1_000_000...2_000_000, work) }
      work()
    }
  }

  private func serve(_ shard: ShardID) {
    renew(shard)
    serving.insert(shard)
    world.needsCheck = true
  }

  /// The targets read ahead; one in eight is never heard of again.
  private func warm(_ targets: [ShardID: NodeID]) {
    for target in Set(targets.values).sorted() where Int.random(in: 0..<8, using: &world.random) > 0 {
      let shards = targets.keys.filter { targets[$0] == target }.sorted()
      world.time.after(.nanoseconds(Int64.random(in: 100_000...400_000_000, using: &world.random))) { [self] in
        if isRunning, !isPaused { hear(.shardsWarmed(shards, target)) }
      }
    }
  }

  private func takeOver(_ shard: ShardID) {
    serving.remove(shard)
    later(shard, 250_000...10_000_000) { [self] in
      hear(.shardFenced(shard))
      later(shard, 250_000...10_000_000) { [self] in
        serve(shard)
        hear(.shardServed(shard))
      }
    }
  }

  /// Most are quiet within milliseconds; one in thirty has a long turn.
  private func seal(_ shard: ShardID) {
    let isSlow = Int.random(in: 0..<30, using: &world.random) == 0
    later(shard, 0...(isSlow ? 400_000_000 : 5_000_000)) { [self] in
      serving.remove(shard)
      hear(.shardSealed(shard))
    }
  }

  private func stop(_ reason: StopReason) {
    stopped = reason
    isRunning = false
    world.stopped(self, reason)
  }
}
