// Planned moves under load: nobody notices.

import Foundation
import Synchronization
import Testing

extension OnRealProcesses {
  @Suite struct DrainTests {
    @Test(.timeLimit(.minutes(3)))
    func `a drain under load fails no call`() async throws {
      try await whileCallsGoOn { up in
        let drained = try await Shopstream.run(["drain", "node-2", "--data", up.data, "--json"])
        #expect(drained.code == 0, "\(drained.errors)")
        let status = try await Self.status(up)
        #expect(status.nodes.first { $0.id == "node-2" }?.shards ?? 0 == 0)
        #expect(status.unowned == 0)
      }
    }

    /// As Kubernetes and systemd replace processes: nothing but the signal.
    @Test(.timeLimit(.minutes(5)))
    func `SIGTERM of one node after the other fails no call`() async throws {
      try await whileCallsGoOn { up in
        for name in ["node-1", "node-2", "node-3"] {
          let pid = try #require(await up.events.pid(of: name))
          kill(pid, SIGTERM)
          #expect(await eventually(within: .seconds(40)) { await up.events.pid(of: name).map { $0 != pid } ?? false }, "\(name) ends")
          let isWhole = await eventually(within: .seconds(60)) {
            guard let status = try? await Self.status(up) else { return false }
            return status.unowned == 0 && status.nodes.count == 3 && status.nodes.allSatisfy { $0.shards > 0 }
          }
          #expect(isWhole, "\(name) is back, and has shards")
        }
      }
    }

    private static func status(_ up: UpProcess) async throws -> UpEvent.Status {
      let status = try await Shopstream.run(["status", "--data", up.data, "--json"])
      return try JSONDecoder().decode(UpEvent.Status.self, from: Data(status.output.utf8))
    }

    /// Each caller waits for its answer before it sends the next: a failed call is one too many, so none is repeated.
    private func whileCallsGoOn(_ work: (UpProcess) async throws -> Void) async throws {
      let folder = try TemporaryFolder()
      let up = try await UpProcess(data: folder.path + "/data")
      let shopper = Shopper(up.gateway)
      let isOver = Atomic(false)
      async let load = concurrently(0..<16, width: 16) { worker in
        var (sent, failures) = (0, [String]())
        while !isOver.load(ordering: .relaxed) {
          do {
            let answer = try await shopper.addOnce("mug", to: "w\(worker)-\(sent % 50)", key: "\(sent)")
            if answer.status != 200 { failures.append("\(answer.status) \(answer.problem?.detail ?? "")") }
          } catch {
            failures.append("\(error)")
          }
          sent += 1
        }
        return (sent, failures)
      }
      let outcome: Result<Void, any Error>
      do { outcome = .success(try await work(up)) } catch { outcome = .failure(error) }
      isOver.store(true, ordering: .relaxed)
      let results = await load
      try outcome.get()

      let failures = results.flatMap(\.1)
      #expect(failures.isEmpty, "\(failures.count) failed, for example \(failures.first ?? "")")
      print("planned move under load: \(results.map(\.0).reduce(0, +)) calls, \(failures.count) failed")
      for (worker, (sent, _)) in results.enumerated() {
        let added = try await shopper.contents(of: "w\(worker)-0")["mug"] ?? 0
        #expect(added == (sent + 49) / 50, "each add counted once")
      }
      #expect(await up.stop() == 0)
    }
  }
}
