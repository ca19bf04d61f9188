// A turn that holds its loop stops every other entity there, and the node's beats with them: the node says who it is and ends, so that others
// serve its shards. Whoever is called there next finds the entity in quarantine: see ADR 0025.
import Glibc

/// Lives as long as its node.
final class Watchdog: Sendable {
  private let watch: TurnWatch

  /// - Parameter limit: of one turn; an async one counts until it first waits.
  static func start(_ limit: Duration, over stages: [StageHome], log: Log) async throws(NetError) -> Watchdog {
    var marks: [TurnMark] = []
    for home in stages {
      let mark = await onLoop(home.loop) { loop in
        let mark = (loop as? UVLoop)?.watchTurns()
        home.stage.value.turnMark = mark
        return mark
      }
      if let mark { marks.append(mark) }
    }
    let watch = TurnWatch(marks, limit: limit) { loop, subject, method, held in
      // The loop is in the turn, which keeps its entity.
      let activation = Unmanaged<Activation>.fromOpaque(subject).takeUnretainedValue()
      end(Self.sentence(on: activation, method, loop: loop, held), log)
    }
    try watch.start()
    return Watchdog(watch)
  }

  private init(_ watch: TurnWatch) { self.watch = watch }

  func stop() { watch.stop() }

  private static func sentence(on activation: Activation, _ method: UInt64, loop: Int, _ held: Duration) -> String {
    let name = SystemMethod.name(method) ?? activation.kind.contract.methods.first { $0.id == method }?.name ?? "?"
    let seconds = (held / .milliseconds(100)).rounded() / 10
    return "\(activation.kind.name)/\(activation.id) has held loop \(loop) for \(seconds) s with a call to \(name): this process ends, "
      + "so that others can serve its shards"
  }

  /// As a trap would: with a core where the system keeps them, and the held thread's stack in it.
  private static func end(_ sentence: String, _ log: Log) -> Never {
    // Whoever takes the sentence may be what the turn waits for.
    signal(SIGALRM, SIG_DFL)
    alarm(1)
    log(.error, sentence)
    let bytes = Array("troupe: \(sentence)\n".utf8)
    _ = write(2, bytes, bytes.count)
    abort()
  }
}
