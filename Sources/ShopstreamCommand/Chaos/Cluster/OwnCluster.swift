// A cluster for one chaos run: what `up` would start, on free ports and in a directory of its own, and without a word on the screen. Its
// processes end with this one, however it ends.

import Foundation

struct OwnCluster: Sendable {
  let directory: DataDirectory
  private let supervisor: Supervisor
  private let lock: DirectoryLock
  private let running: Task<String?, Never>

  /// Returns when it serves.
  static func start(nodes: Int) async throws -> OwnCluster {
    let name = "shopstream-chaos-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
    let folder = FileManager.default.temporaryDirectory.appending(path: name).path(percentEncoded: false)
    let options = try UpOptions.parse(
      ["--nodes", "\(nodes)", "--port", "0", "--admin-port", "0", "--node-port", "0", "--data", folder])
    let (plan, lock, _) = try Preflight.run(options)
    let (serving, serves) = AsyncStream<Void>.makeStream()
    let supervisor = Supervisor(plan, screen: .silent { serves.yield() })
    let running = Task { () -> String? in
      defer { serves.finish() }
      do throws(Refusal) {
        try await supervisor.run()
        return nil
      } catch {
        return error.sentence
      }
    }
    let own = OwnCluster(directory: plan.directory, supervisor: supervisor, lock: lock, running: running)
    for await _ in serving { return own }
    // It ended, or we are to end: then it must be told.
    supervisor.stop()
    let sentence = await running.value ?? "It was stopped before it served."
    own.remove()
    throw Refusal("A cluster to be broken could not be started: \(sentence)")
  }

  /// Returns when nothing of it runs any more.
  func stop() async {
    supervisor.stop()
    _ = await running.value
  }

  /// With its logs and data.
  func remove() { try? FileManager.default.removeItem(atPath: directory.path) }
}
