// `shopstream chaos run NAME`: a cluster of its own, or the one in --data; a report in a folder; a verdict.

import ArgumentParser
import ChildPrograms
import Foundation

struct ChaosRunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Do one of the things that 'chaos list' shows, under load, and judge.",
    discussion: """
      Starts a cluster of its own on free ports in a temporary directory, and removes it when every promise was kept. With --data it \
      breaks the cluster that 'shopstream up' runs there: that has to be on this machine, and its 'up' starts again what dies. The \
      carts of the load are new ones; they stay in that cluster.

      Exit codes: 0 every promise kept; 1 a promise broken, or the run could not be done.

      EXAMPLES
        shopstream chaos run kill-one
        shopstream chaos run kill-two --rate 500 --report /tmp/report
        shopstream chaos run churn --data .shopstream --minutes 5
      """)

  @Argument(help: "A name of 'chaos list'.")
  var name: String

  @Option(help: ArgumentHelp("Goes on with further rounds until so many minutes have passed. Default: a few rounds.", valueName: "count"))
  var minutes: Double?

  @Option(help: ArgumentHelp("Nodes of its own cluster. Default: as many as the scenario needs.", valueName: "count"))
  var nodes: Int?

  @Option(help: ArgumentHelp("Breaks the cluster that 'up' runs in this directory.", valueName: "directory"))
  var data: String?

  @Option(help: ArgumentHelp("Calls a second, 1 to \(Self.rateLimit).", valueName: "count"))
  var rate = 200

  @Option(help: ArgumentHelp("Carts that are called at one time, 1 to \(Self.cartLimit).", valueName: "count"))
  var carts = 64

  @Option(
    help: ArgumentHelp("Where the report goes. Default: a new folder in \(ChaosReportFiles.defaultFolder), here.", valueName: "directory"))
  var report: String?

  @Flag(help: "Print the report's JSON instead of text.")
  var json = false

  static let rateLimit = 5_000
  static let cartLimit = 1_000
  static let minutesLimit = 240.0

  func validate() throws {
    guard (1...Self.rateLimit).contains(rate) else { throw ValidationError("--rate is 1 to \(Self.rateLimit), not \(rate).") }
    guard (1...Self.cartLimit).contains(carts) else { throw ValidationError("--carts is 1 to \(Self.cartLimit), not \(carts).") }
    if let minutes, !(minutes > 0 && minutes <= Self.minutesLimit) {
      throw ValidationError("--minutes is more than 0 and at most \(Int(Self.minutesLimit)), not \(minutes).")
    }
    guard data == nil || nodes == nil else { throw ValidationError("--nodes is for a cluster of its own: --data has its nodes already.") }
    guard report != "", data != "" else { throw ValidationError("--report and --data need the name of a directory.") }
  }

  func run() async throws {
    let scenario = try ChaosScenario.named(name)
    let count = nodes ?? scenario.nodes
    guard (scenario.nodes...UpOptions.nodeLimit).contains(count) else {
      throw ValidationError("\(name) needs --nodes \(scenario.nodes) to \(UpOptions.nodeLimit), not \(count).")
    }
    if scenario.needsNetwork { try requireNetwork() }
    if scenario.needsTracing { try requireTracing() }
    let files = ChaosReportFiles(named: report, scenario: name, at: ChaosRun.now)
    try files.prepare()
    let found = try await untilStopped { try await chaos(scenario, nodes: count) }
    try files.write(found)
    var terminal = Terminal()
    if json { terminal.say(JSONText.pretty(found)) } else { ChaosSummary.lines(found, files).forEach { terminal.say($0) } }
    if !found.isKept { throw ExitCode.failure }
  }

  private func requireNetwork() throws(Refusal) {
    let how = "start one with cluster/local/netcluster, and name its directory with --data"
    guard let data else { throw Refusal("\(name) needs a cluster whose nodes have networks of their own: \(how).") }
    let directory = DataDirectory(data)
    let supervisor = (try? ClusterFile.read(from: directory))?.supervisor
    guard let supervisor, try ChaosNetwork.read(from: directory, of: supervisor) != nil else {
      throw Refusal("The nodes of the cluster in \(directory.path) have no networks of their own, which \(name) needs: \(how).")
    }
    guard geteuid() == 0 else { throw Refusal("Cutting networks needs root: run \(name) with sudo.") }
  }

  private func requireTracing() throws(Refusal) {
    let found = try? ChildProgram.run("/usr/bin/env", ["strace", "--version"], limit: .seconds(10))
    guard found?.isSuccess == true else { throw Refusal("\(name) needs 'strace': install Debian's package of that name.") }
  }

  private func chaos(_ scenario: ChaosScenario, nodes count: Int) async throws -> ChaosReport {
    guard let data else {
      say("Starting \(count) nodes.")
      let own = try await OwnCluster.start(nodes: count)
      do {
        let report = try await chaos(scenario, try await ChaosCluster.find(own.directory))
        await own.stop()
        if report.isKept { own.remove() } else { say("Logs and data of the cluster are in \(own.directory.path).") }
        return report
      } catch {
        await own.stop()
        if error is CancellationError { own.remove() } else { say("Logs and data of the cluster are in \(own.directory.path).") }
        throw error
      }
    }
    let cluster = try await ChaosCluster.find(try DataDirectory.find(named: data))
    guard cluster.nodes.count >= scenario.nodes else {
      await cluster.connection.close()
      throw Refusal("\(name) needs \(scenario.nodes) nodes, and the cluster in \(cluster.directory.path) has \(cluster.nodes.count).")
    }
    return try await chaos(scenario, cluster)
  }

  private func chaos(_ scenario: ChaosScenario, _ cluster: ChaosCluster) async throws -> ChaosReport {
    let run = ChaosRun(scenario: scenario, cluster: cluster, rate: rate, places: carts, minutes: minutes) { say($0) }
    do {
      let report = try await run.run()
      await cluster.connection.close()
      return report
    } catch {
      await cluster.connection.close()
      throw error
    }
  }

  /// Ctrl-C ends the work in order: nothing stays stopped, and nothing of ours stays running.
  private func untilStopped(_ work: @escaping @Sendable () async throws -> ChaosReport) async throws -> ChaosReport {
    let task = Task { try await work() }
    let signals = StopSignals { _ in task.cancel() }
    defer { signals.cancel() }
    do {
      return try await task.value
    } catch is CancellationError {
      throw Refusal("Stopped before the end: there is no verdict.")
    }
  }

  private func say(_ line: String) {
    var terminal = Terminal(isInteractive: false)
    if !json { terminal.say("\(TimeOfDay.now)  \(line)") }
  }
}
