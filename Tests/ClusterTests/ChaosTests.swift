// `shopstream chaos` as a person meets it: the list, what is refused, and a node that dies under load.

import Foundation
import Testing

@testable import ShopstreamCommand

extension OnRealProcesses {
  @Suite struct ChaosTests {
    private func chaos(_ arguments: String..., in folder: String? = nil) async throws -> Shopstream.Result {
      try await Shopstream.run(["chaos"] + arguments, in: folder)
    }

    @Test func `the list has every scenario`() async throws {
      let list = try await chaos("list")
      #expect(list.code == 0, "\(list.errors)")
      for scenario in ChaosScenario.all { #expect(list.output.contains("\(scenario.name) ")) }
      let json = try await chaos("list", "--json")
      #expect(json.code == 0 && json.output.hasPrefix("["))
    }

    @Test func `a name that is none is answered with those that there are`() async throws {
      let refused = try await chaos("run", "kill-everybody")
      #expect(refused.code == 1)
      #expect(refused.errors.contains("There is no scenario 'kill-everybody': there are kill-one, kill-two, "), "\(refused.errors)")
    }

    @Test(arguments: [
      ["--minutes", "0"], ["--minutes", "-1"], ["--rate", "0"], ["--carts", "0"], ["--nodes", "2"], ["--nodes", "17"],
      ["--nodes", "3", "--data", "x"],
    ])
    func `bad numbers are refused`(arguments: [String]) async throws {
      let refused = try await Shopstream.run(["chaos", "run", "kill-one"] + arguments)
      #expect(refused.code == 64 && !refused.errors.isEmpty, "\(arguments): \(refused.errors)")
    }

    @Test func `a directory without a cluster is refused, and nothing is started`() async throws {
      let folder = try TemporaryFolder()
      let refused = try await chaos("run", "kill-one", "--data", folder.path + "/none", "--report", folder.path + "/report")
      #expect(refused.code == 1 && refused.errors.contains("There is no cluster in"), "\(refused.errors)")
    }

    @Test func `networks are cut only where nodes have some of their own`() async throws {
      let folder = try TemporaryFolder()
      for arguments in [["cut-full"], ["cut-store", "--data", folder.path]] {
        let refused = try await Shopstream.run(["chaos", "run"] + arguments, in: folder.path)
        #expect(refused.code == 1 && refused.errors.contains("cluster/local/netcluster"), "\(refused.errors)")
      }
    }

    @Test(.timeLimit(.minutes(2)))
    func `a node dies under load, the load goes on, and the report says that every promise was kept`() async throws {
      let folder = try TemporaryFolder()
      let run = try await chaos("run", "kill-one", "--rate", "100", "--carts", "32", "--report", folder.path + "/report")
      #expect(run.code == 0, "\(run.output)\(run.errors)")
      #expect(run.output.contains("Verdict: kept."))

      let json = try Data(contentsOf: URL(filePath: folder.path + "/report/report.json"))
      let report = try JSONDecoder().decode(ChaosReport.self, from: json)
      #expect(report.isKept && report.promises.allSatisfy(\.isKept))
      #expect(report.writes.acknowledged > 0 && report.writes.lost == 0 && report.writes.twice == 0)
      let fault = try #require(report.faults.first)
      #expect(fault.what.hasPrefix("kill -9 of node-") && fault.carts > 0 && fault.silent == 0)
      #expect(fault.sent > 0 && fault.answered > 0, "the load went on")
      #expect(fault.at > 0 && fault.until.map { $0 > fault.at && $0 < report.seconds } ?? false, "before it and behind it")
      #expect(report.before.answered > 0 && report.during.answered > 0 && report.after.answered > 0)
      #expect(report.events.contains { $0.what == "the cluster is whole again" })

      let page = try String(contentsOfFile: folder.path + "/report/report.html", encoding: .utf8)
      #expect(page.contains("<svg") && page.contains("kill -9 of node-"))
      #expect(RefusalTests.processes(mentioning: "shopstream-chaos-").isEmpty, "nothing of it runs any more")
    }
  }
}
