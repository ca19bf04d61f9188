// What every loop promises about order: work, timers, passes and actors. The same script over both loops.
import Foundation
import Synchronization
import Testing
import TroupeNet

@Suite struct LoopTests {
  @Test(arguments: Bed.allCases)
  func workRunsInOrderAndNeverInsideTheCall(bed: Bed) async throws {
    let said = try await bed.transcript { stage in
      for number in 1...3 { stage.loop.execute { stage.say("\(number)") } }
      stage.say("0")
      stage.loop.execute { stage.finish() }
    }
    #expect(said == ["0", "1", "2", "3"])
  }

  @Test(arguments: Bed.allCases)
  func theLoopIsCurrentOnItAlone(bed: Bed) async throws {
    let said = try await bed.transcript { stage in
      stage.say("\(stage.loop.isCurrent) \(CurrentLoop.index == 0) \(CurrentLoop.loop === stage.loop)")
      stage.finish()
    }
    #expect(said == ["true true true"])
    #expect(CurrentLoop.index == nil)
    #expect(CurrentLoop.loop == nil)
  }

  @Test(arguments: Bed.allCases)
  func timersFireByDeadlineThenByOrder(bed: Bed) async throws {
    let said = try await bed.transcript { stage in
      let loop = stage.loop
      let began = loop.now
      loop.schedule(after: .milliseconds(20)) {
        stage.say("20, late enough: \(loop.freshNow() - began >= .milliseconds(20))")
        stage.finish()
      }
      let cancelled = loop.schedule(after: .milliseconds(5)) { stage.say("cancelled") }
      loop.schedule(after: .milliseconds(10)) { stage.say("10 first") }
      loop.schedule(after: .milliseconds(10)) { stage.say("10 second") }
      loop.schedule(after: .zero) {
        stage.say("0")
        cancelled.cancel()
        cancelled.cancel()
      }
    }
    #expect(said == ["0", "10 first", "10 second", "20, late enough: true"])
  }

  @Test(arguments: Bed.allCases)
  func aTimerThatSetsItselfForNowLetsOthersThrough(bed: Bed) async throws {
    let said = try await bed.transcript { stage in
      let loop = stage.loop
      let rounds = Mutex(0)
      @Sendable func again() {
        rounds.withLock { $0 += 1 }
        if rounds.withLock({ $0 }) < 1_000 { loop.schedule(after: .zero, again) } else { stage.finish() }
      }
      again()
      loop.execute { stage.say("other work after \(rounds.withLock { $0 }) rounds") }
    }
    #expect(said == ["other work after 1 rounds"])
  }

  @Test(arguments: Bed.allCases)
  func aPassEndsWhenItsWorkHasRunDry(bed: Bed) async throws {
    final class Flusher: EndOfPass {
      let stage: Stage
      init(_ stage: Stage) { self.stage = stage }
      func passEnded() {
        stage.say("flush")
        stage.loop.execute { [stage] in
          stage.say("a new pass")
          stage.finish()
        }
      }
    }
    let said = try await bed.transcript { stage in
      stage.loop.atEndOfPass(Flusher(stage))
      stage.loop.execute {
        stage.say("first")
        stage.loop.execute { stage.say("caused by the first") }
      }
      stage.say("before")
    }
    #expect(said == ["before", "first", "caused by the first", "flush", "a new pass"])
  }

  actor Counter {
    nonisolated let loop: any EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
    private var count = 0
    init(_ loop: any EventLoop) { self.loop = loop }
    func add(_ number: Int) -> Int {
      count += number
      return loop.isCurrent ? count : -1
    }
    func addSlowly(_ number: Int) async -> Int {
      await Task.yield()
      return add(number)
    }
  }

  @Test(arguments: Bed.allCases)
  func actorsLiveOnTheirLoop(bed: Bed) async throws {
    let said = try await bed.transcript { stage in
      let counter = Counter(stage.loop)
      stage.say("at once \(counter.assumeIsolated { $0.add(1) })")
      Task.immediate(executorPreference: stage.loop) {
        stage.say("immediately \(await counter.add(1))")
        stage.say("after a yield \(await counter.addSlowly(1))")
        async let one = counter.addSlowly(1)
        async let other = counter.addSlowly(1)
        stage.say("together \(max(await one, await other))")
        stage.finish()
      }
    }
    #expect(said == ["at once 1", "immediately 2", "after a yield 3", "together 5"])
  }

  @Test(arguments: Bed.allCases)
  func tasksThatYieldForeverStarveNobody(bed: Bed) async throws {
    let said = try await bed.transcript { stage in
      let over = Flag()
      Task.immediate(executorPreference: stage.loop) {
        while !over.value.load(ordering: .relaxed) { await Task.yield() }
        stage.finish()
      }
      stage.loop.schedule(after: .milliseconds(2)) {
        stage.say("the timer fired")
        over.value.store(true, ordering: .relaxed)
      }
    }
    #expect(said == ["the timer fired"])
  }

  @Test func loopBoundValuesOpenOnTheirLoop() async throws {
    let said = try await Bed.real.transcript { stage in
      final class NotSendable { var count = 41 }
      let bound = LoopBound(NotSendable(), on: stage.loop)
      stage.loop.execute {
        bound.value.count += 1
        stage.say("\(bound.value.count)")
        stage.finish()
      }
    }
    #expect(said == ["42"])
  }

  @Test func whatALoopDeliversToAnotherKeepsItsOrder() async throws {
    let sender = try UVLoop.start(index: 0, name: "sender")
    let receiver = try UVLoop.start(index: 1, name: "receiver")
    let stage = Stage(receiver) { _ in }
    await withCheckedContinuation { done in
      sender.execute {
        // More than one parcel, and from more than one pass.
        for number in 0..<600 { receiver.deliver(Closure { stage.say("\(number)") }) }
        sender.execute {
          for number in 600..<1_000 { receiver.deliver(Closure { stage.say("\(number)") }) }
          receiver.deliver(Closure { done.resume() })
        }
      }
    }
    #expect(stage.said == (0..<1_000).map { "\($0)" })
    for loop in [sender, receiver] {
      loop.stop()
      loop.join()
    }
  }

  @Test func tasksThatWaitOnActorsAreResumedThere() async throws {
    let loop = try UVLoop.start(index: 0, name: "actors")
    let counter = Counter(loop)
    let outside = try UVLoop.start(index: 1, name: "outside")
    // From another loop, on an actor and on none: both end where they belong.
    let totals = await withTaskGroup(of: Int.self) { group in
      for number in 0..<200 {
        group.addTask(executorPreference: loop) {
          await withUnsafeContinuation { (waiting: UnsafeContinuation<Void, Never>) in
            outside.execute {
              if number.isMultiple(of: 2) { CurrentLoop.resumeOnActor { waiting.resume() } } else { waiting.resume() }
            }
          }
          return loop.isCurrent ? await counter.addSlowly(1) : -1
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(!totals.contains(-1))
    #expect(totals.max() == 200)
    for loop in [loop, outside] {
      loop.stop()
      loop.join()
    }
  }

  @Test func aPinnedLoopStaysOnOneCore() async throws {
    let loop = try UVLoop.start(index: 0, name: "pinned", isPinned: true)
    let cores = await withCheckedContinuation { done in
      loop.execute {
        let status = (try? String(contentsOfFile: "/proc/thread-self/status", encoding: .utf8)) ?? ""
        done.resume(returning: status.split(separator: "\n").first { $0.hasPrefix("Cpus_allowed_list:") }.map(String.init))
      }
    }
    // One core, and neither a range nor a list.
    #expect(cores?.split(whereSeparator: \.isWhitespace).last.map { Int($0) != nil } == true, "\(cores ?? "no list")")
    loop.stop()
    loop.join()
  }

  @Test func workFromManyThreadsKeepsEachOnesOrder() async throws {
    let loop = try UVLoop.start(index: 3, name: "busy")
    let stage = Stage(loop) { _ in }
    await withTaskGroup(of: Void.self) { group in
      for thread in 0..<4 {
        group.addTask {
          for number in 0..<5_000 { loop.execute { stage.say("\(thread): \(number)") } }
          await withCheckedContinuation { done in loop.execute { done.resume() } }
        }
      }
    }
    for thread in 0..<4 {
      let own = stage.said.filter { $0.hasPrefix("\(thread): ") }
      #expect(own == (0..<5_000).map { "\(thread): \($0)" })
    }
    loop.stop()
    loop.join()
  }
}

private final class Flag: Sendable {
  let value = Atomic(false)
}

private final class Closure: Delivery {
  private let run: @Sendable () -> Void
  init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  func arrive() { run() }
}
