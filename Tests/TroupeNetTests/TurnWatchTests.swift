// The watch over turns that hold their loop, on real threads.
import Foundation
import Synchronization
import Testing

@testable import TroupeNet

@Suite struct TurnWatchTests {
  private final class Subject {}

  private struct Report: Sendable, Equatable {
    var mark: Int
    var method: UInt64
  }

  /// Runs `body` on a thread with a mark and answers whom the watch reported until it was over, or until somebody was.
  private func reports(
    limit: Duration = .milliseconds(200), _ body: @escaping @Sendable (TurnMark, _ isReported: () -> Bool) -> Void
  ) async throws -> [Report] {
    let box = Box()
    let mark: TurnMark = await withCheckedContinuation { waiter in
      Thread.detachNewThread {
        let mark = TurnMark()
        waiter.resume(returning: mark)
        box.wait()
        body(mark) { box.isReported }
        box.end()
      }
    }
    let watch = TurnWatch([mark], limit: limit) { index, _, method, held in
      #expect(held > limit)
      box.report(Report(mark: index, method: method))
    }
    try watch.start()
    box.begin()
    await box.ended()
    watch.stop()
    return box.all
  }

  private final class Box: Sendable {
    private let begun = DispatchSemaphore(value: 0)
    private let state = Mutex<(reports: [Report], ended: Bool, waiter: CheckedContinuation<Void, Never>?)>(([], false, nil))

    func wait() { begun.wait() }
    func begin() { begun.signal() }
    func report(_ report: Report) { state.withLock { $0.reports.append(report) } }
    var isReported: Bool { state.withLock { !$0.reports.isEmpty } }
    var all: [Report] { state.withLock { $0.reports } }

    func end() {
      let waiter = state.withLock { state in
        state.ended = true
        return state.waiter
      }
      waiter?.resume()
    }

    func ended() async {
      await withCheckedContinuation { waiter in
        let isOver = state.withLock { state in
          if !state.ended { state.waiter = waiter }
          return state.ended
        }
        if isOver { waiter.resume() }
      }
    }
  }

  @Test(.timeLimit(.minutes(1))) func aTurnThatBlocksIsReported() async throws {
    let reports = try await reports { mark, isReported in
      let subject = Subject()
      let outer = mark.enter(subject, 7)
      for _ in 0..<6_000 where !isReported() { usleep(5_000) }
      mark.leave(to: outer)
    }
    #expect(reports == [Report(mark: 0, method: 7)])
  }

  @Test(.timeLimit(.minutes(1))) func aTurnThatSpinsIsReported() async throws {
    let reports = try await reports { mark, isReported in
      let subject = Subject()
      let outer = mark.enter(subject, 8)
      let start = ContinuousClock.now
      while !isReported(), .now - start < .seconds(30) {}
      mark.leave(to: outer)
    }
    #expect(reports == [Report(mark: 0, method: 8)])
  }

  @Test func manyShortTurnsAreNotNorIsALoopThatRests() async throws {
    let reports = try await reports(limit: .seconds(2)) { mark, _ in
      let subject = Subject()
      for number in 0..<600 {
        let outer = mark.enter(subject, UInt64(number))
        usleep(1_000)
        let inner = mark.enter(subject, 1_000_000)
        mark.leave(to: inner)
        mark.leave(to: outer)
      }
      usleep(2_500_000)
    }
    #expect(reports.isEmpty)
  }
}
