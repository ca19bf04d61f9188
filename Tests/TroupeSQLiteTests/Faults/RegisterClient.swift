// The member that the script plays in the register: it creates the cluster, changes the view and beats, and keeps what must be there.
import TroupeCluster
import TroupeJournal

struct RegisterClient: Sendable {
  private static let member = Member(id: "a", incarnation: 1, addresses: ["127.0.0.1:1"])

  private var view = Known(View?.none)
  private var counter = Known(UInt64?.none)

  mutating func create(in store: some Store) async throws {
    let first = View.first(cluster: "faults", shardCount: 4, member: Self.member)
    try await change(to: first) { () throws(StoreError) in try await store.createCluster(first) }
  }

  mutating func change(in store: some Store) async throws {
    guard let last = view.newest, let before = view.possible[0] else { return }
    // Again the one that is in doubt, or the next.
    let next = view.isCertain ? before.voiding() : last
    try await change(to: next) { () throws(StoreError) in try await store.compareAndSet(next) }
  }

  private mutating func change(to next: View, _ call: () async throws(StoreError) -> CASOutcome) async throws {
    let outcome: CASOutcome
    do throws(StoreError) {
      outcome = try await call()
    } catch {
      view.failed(error, to: next)
      throw error
    }
    // Lost, but to oneself.
    guard outcome == .stored || view.newest == next && outcome == .lost(current: next.epoch) else {
      throw Lie("the only writer's change to epoch \(next.epoch) is \(outcome)")
    }
    view.became(next)
  }

  mutating func beat(in store: some Store) async throws {
    let next = (counter.possible[0] ?? 0) + 1
    let beat = Beat(node: Self.member.id, incarnation: Self.member.incarnation, counter: next)
    let outcome: BeatOutcome
    do throws(StoreError) {
      outcome = try await store.beat(beat)
    } catch {
      counter.failed(error, to: next)
      throw error
    }
    guard case .beats(_, [beat]) = outcome else { throw Lie("beat \(next) is not answered with itself") }
    counter.became(next)
  }

  func check(_ store: some Store) async throws {
    let found = try await store.readRegister()
    guard view.possible.contains(found) else {
      throw Lie("the register has epoch \(found?.epoch ?? .none), and was told \(view.possible.map { $0?.epoch ?? .none })")
    }
    guard found != nil else { return }
    // A stranger's beat changes nothing, and is answered with everybody's.
    guard case .refusedNotListed(_, let beats) = try await store.beat(Beat(node: "b", incarnation: 1, counter: 1)) else {
      throw Lie("a stranger's beat was taken")
    }
    guard counter.possible.contains(beats.first?.counter) else {
      throw Lie("the beat is \(beats), and was told \(counter.possible)")
    }
  }
}
