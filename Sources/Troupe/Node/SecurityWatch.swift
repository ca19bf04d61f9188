// Looks from time to time whether certificate, key, roots, deny-list or identity keys have been replaced on the disk, for a node or a client.
// Runs on the first loop of its process and decides nothing: `TLSContext`
// and `IdentityKeys` do.

final class SecurityWatch {
  private let tls: TLSContext?
  private let identities: IdentityKeys?
  private let every: Duration?
  private let log: Log
  private let stages: [StageHome]

  private init(_ tls: TLSContext?, _ identities: IdentityKeys?, every: Duration?, log: Log, stages: [StageHome]) {
    self.identities = identities
    self.tls = tls
    self.every = every
    self.log = log
    self.stages = stages
  }

  /// Begins to look; ends with the loop. Nothing without certificates and keys; without `every` only `reload` looks.
  static func start(
    _ tls: TLSContext?, _ identities: IdentityKeys?, every: Duration?, cluster: Cluster, log: Log
  ) async -> LoopBound<SecurityWatch>? {
    guard tls != nil || identities?.path != nil else { return nil }
    if let path = tls?.files.keyLog {
      log(
        .warning,
        "TLS KEYS ARE WRITTEN TO \(path): whoever reads that file reads all traffic of this process. This is for development alone")
    }
    return await onLoop(cluster.stages[0].loop) { loop in
      let watch = SecurityWatch(tls, identities, every: every, log: log, stages: cluster.stages)
      watch.plan(on: loop)
      return LoopBound(watch, on: loop)
    }
  }

  private func plan(on loop: any EventLoop) {
    guard let every else { return }
    loop.schedule(after: every) { [self] in
      tell((tls?.look() ?? []) + (identities?.look() ?? []))
      plan(on: loop)
    }
  }

  /// Now, whether files have changed or not.
  static func reload(_ watch: LoopBound<SecurityWatch>?) async throws(NetError) {
    guard let watch else { return }
    let result: Result<Void, NetError> = await onLoop(watch.loop) { _ in watch.value.reload() }
    try result.get()
  }

  private func reload() -> Result<Void, NetError> {
    do throws(NetError) {
      tell(try tls?.reload() ?? [])
      tell(try identities?.reload() ?? [])
      return .success(())
    } catch {
      tell([.refused(error)])
      return .failure(error)
    }
  }

  private func tell(_ news: [TLSNews]) {
    guard !news.isEmpty else { return }
    for item in news {
      if case .refused = item { log(.error, "\(item)") } else { log(.info, "\(item)") }
    }
    for home in stages {
      home.loop.execute {
        home.stage.value.peers.inspectLinks()
        home.stage.value.peers.checker?.keysChanged()
      }
    }
  }
}
