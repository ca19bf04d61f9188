// A planned move under load: nobody notices.

import Foundation
import Synchronization
import Testing

extension OnRealProcesses {
  @Suite struct DrainTests {
    @Test(.timeLimit(.minutes(3)))
    func `a drain under load fails no call`() async throws {
      let folder = try TemporaryFolder()
      let up = try await UpProcess(data: folder.path + "/data")
      let shopper = Shopper(up.gateway)
      let isOver = Atomic(false)

      // Each of these waits for its answer before it sends the next: a failed call is one too many, so none is repeated.
      async let load = concurrently(0..<16, width: 16) { worker in
        var (sent, failures) = (0, [String]())
        while !isOver.load(ordering: .relaxed) {
          let cart = "w\(worker)-\(sent % 50)"
          do {
            let answer = try await shopper.addOnce("mug", to: cart, key: "\(sent)")
            if answer.status != 200 { failures.append("\(answer.status) \(answer.problem?.detail ?? "")") }
          } catch {
            failures.append("\(error)")
          }
          sent += 1
        }
        return (sent, failures)
      }

      let drained = try await Shopstream.run(["drain", "node-2", "--data", up.data, "--json"])
      isOver.store(true, ordering: .relaxed)
      let results = await load
      #expect(drained.code == 0, "\(drained.errors)")
      let failures = results.flatMap(\.1)
      #expect(failures.isEmpty, "\(failures.count) failed, for example \(failures.first ?? "")")
      print("drain under load: \(results.map(\.0).reduce(0, +)) calls, \(failures.count) failed")

      let status = try await Shopstream.run(["status", "--data", up.data, "--json"])
      let shards = try JSONDecoder().decode(UpEvent.Status.self, from: Data(status.output.utf8))
      #expect(shards.nodes.first { $0.id == "node-2" }?.shards ?? 0 == 0)
      #expect(shards.unowned == 0)

      for (worker, (sent, _)) in results.enumerated() {
        let added = try await shopper.contents(of: "w\(worker)-0")["mug"] ?? 0
        #expect(added == (sent + 49) / 50, "each add counted once")
      }
      #expect(await up.stop() == 0)
    }
  }
}
