// Removing what no recovery and no consumer needs any more.
import TroupeCluster
import TroupeNet

extension PostgresStore {
  /// A shard needs so many records no longer. They go some time later, together with others; what fails is left for the next time.
  func letGo(of records: Int) {
    guard trims.withLock({ $0.letGo(of: records) }) else { return }
    Task(executorPreference: loop) { [weak self] in
      await self?.sweep()
      self?.trims.withLock { $0.end() }
    }
  }

  private nonisolated(nonsending) func sweep() async {
    let what = "a trim of the log"
    guard
      let pages = try? await ask(what, on: tails, within: readLimit, [LogStatements.pages], { $0.first?.int(0, 0) ?? 0 })
    else { return }
    for first in trims.withLock({ $0.begin(pages: pages) }) {
      let began = loop.freshNow()
      let query = LogStatements.trim(from: first, pages: TrimSweep.piece)
      guard (try? await ask(what, on: tails, within: readLimit, isWrite: true, [query], { _ in })) != nil else { return }
      // As long again: at most half of one of the server's cores.
      let took = loop.freshNow() - began
      await withUnsafeContinuation { waiter in _ = loop.schedule(after: took) { waiter.resume() } }
    }
  }
}
