// The shell around `Fleet`: starts and stops processes, keeps its timers, shows what it says. Decides nothing.

import Foundation

actor Supervisor {
  private let plan: UpPlan
  private var fleet: Fleet
  private var screen: UpScreen
  private var processes: [Fleet.Child.ID: ChildProcess] = [:]
  private var watching: Task<Void, Never>?
  private let events: AsyncStream<Fleet.Event>
  private let send: AsyncStream<Fleet.Event>.Continuation

  init(_ plan: UpPlan, screen: UpScreen) {
    self.plan = plan
    self.screen = screen
    fleet = Fleet(nodes: plan.nodes.map(\.id), gateway: UpPlan.gatewayName)
    (events, send) = AsyncStream.makeStream()
  }

  /// From any thread: asks everything to stop.
  nonisolated func stop() {
    send.yield(.stopAsked)
  }

  /// Returns when nothing runs any more; throws when the start failed.
  func run() async throws(Refusal) {
    send.yield(.begin)
    for await event in events {
      for effect in fleet.handle(event, now: .now) {
        if let outcome = perform(effect) {
          watching?.cancel()
          if case .failed(let sentence) = outcome { throw Refusal(sentence) }
          return screen.stopped()
        }
      }
    }
  }

  private func perform(_ effect: Fleet.Effect) -> Fleet.Outcome? {
    switch effect {
    case .spawn(let id): spawn(id)
    case .terminate(let id): processes[id]?.signal(SIGINT)
    case .kill(let id): processes[id]?.signal(SIGKILL)
    case .wake(let delay, let timer): wake(after: delay, timer)
    case .say(let announcement): screen.announce(announcement)
    case .serving: serving()
    case .finish(let outcome): return outcome
    }
    return nil
  }

  private func spawn(_ id: Fleet.Child.ID) {
    let send = send
    do throws(Refusal) {
      processes[id] = try ChildProcess(plan.command(for: id.name, executable: ChildProcess.thisExecutable)) {
        send.yield(.reported(id, $0))
      } ended: {
        send.yield(.ended(id, $0))
      }
      processes = processes.filter { $0.key.name != id.name || $0.key == id }
      screen.started(id.name, process: processes[id]?.identifier ?? 0)
    } catch {
      send.yield(.notStarted(id, error.sentence))
    }
  }

  private func wake(after delay: Duration, _ timer: Fleet.Timer) {
    let send = send
    Task {
      try? await Task.sleep(for: delay)
      send.yield(.timer(timer))
    }
  }

  private func serving() {
    do throws(Refusal) {
      try plan.clusterFile(supervisor: getpid()).write(to: plan.directory)
    } catch {
      screen.note(error.sentence)
    }
    screen.serving(plan)
    watching = Task { [plan] in
      await ClusterWatch(plan.directory).run { self.show($0) }
    }
  }

  private func show(_ summary: ClusterSummary) {
    guard fleet.phase == .serving else { return }
    screen.show(summary, at: .now)
  }
}
