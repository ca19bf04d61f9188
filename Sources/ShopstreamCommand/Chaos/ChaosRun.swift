// One run: load on, judges awake, then faults, then everything read once more. Starts and stops no cluster.

import Foundation
import Troupe

struct ChaosRun: Sendable {
  static let warmLimit: Duration = .seconds(30)
  /// Between two looks at the cluster.
  static let watchEvery: Duration = .milliseconds(250)
  /// What a single round of most scenarios takes, for the plots' steps.
  static let usualSeconds = 60.0

  let scenario: ChaosScenario
  let cluster: ChaosCluster
  let rate: Int
  let places: Int
  let minutes: Double?
  let say: @Sendable (String) -> Void

  func run() async throws -> ChaosReport {
    guard try await cluster.eventually(within: ChaosStage.wholeLimit, { await cluster.isWell(cluster.nodes) }) else {
      throw Refusal("The cluster in \(cluster.directory.path) is not well before anything was done to it: see 'shopstream status'.")
    }
    let client = try await connect()
    // The carts are new ones, whatever the cluster has seen before.
    let book = ChaosBook(
      name: "chaos-\(String(UInt32.random(in: 0...UInt32.max), radix: 36))", places: places,
      expecting: minutes.map { $0 * 60 } ?? Self.usualSeconds)
    let history = ChaosHistory(book)
    let began = Self.now
    let load = ChaosLoad(client, history, rate: rate, places: places)
    let loading = Task { await load.run() }
    let watching = Task { await watch(history) }
    let result: Result<Bool, any Error>
    do { result = .success(try await disturb(history)) } catch { result = .failure(error) }
    load.stop()
    if case .failure = result { loading.cancel() }
    await loading.value
    watching.cancel()
    let seconds = history.seconds
    let unread = (try? result.get()) == nil ? [] : await ChaosLoad.readAll(client, history)
    await watching.value
    await client.close()
    try Task.checkCancellation()
    return ChaosReport(
      scenario, history.look { $0 },
      .init(began: began, nodes: cluster.nodes.count, rate: rate, seconds: seconds, isWhole: try result.get(), unread: unread))
  }

  static var now: String { Date().formatted(.iso8601) }

  private func connect() async throws -> Client {
    let addresses = cluster.file.nodes.compactMap { $0.addresses.first.flatMap { SocketAddress($0) } }
    let tls = try TLSContext.load(.operator, from: cluster.directory, trustDomain: cluster.file.cluster)
    do {
      return try await Client.connect(
        to: addresses, cluster: cluster.file.cluster, name: CertificateHolder.operator.name, role: .operator, tls: tls)
    } catch {
      throw Refusal("The load cannot connect: \(error)".sentence)
    }
  }

  /// Whether the cluster was whole in time after every fault.
  private func disturb(_ history: ChaosHistory) async throws -> Bool {
    guard try await cluster.eventually(within: Self.warmLimit, { history.look { $0.isWarm } }) else {
      throw Refusal("Not every cart was answered within \(Self.warmLimit) before anything was done to the cluster.")
    }
    try await Task.sleep(for: ChaosStage.calm)
    let stage = ChaosStage(cluster: cluster, history: history)
    let end = minutes.map { $0 * 60 }
    var round = 0
    while end.map({ round == 0 || history.seconds < $0 }) ?? (round < scenario.rounds) {
      say("Round \(round + 1): \(scenario.summary).")
      do { try await scenario.play(stage, round) } catch is ChaosStage.NotWhole { return false }
      round += 1
    }
    return true
  }

  /// Until it is cancelled.
  private func watch(_ history: ChaosHistory) async {
    var events = ClusterEvents()
    while !Task.isCancelled {
      if let summary = try? await cluster.connection.summary() {
        for event in events.read(summary) { history.note(event) }
      }
      try? await Task.sleep(for: Self.watchEvery)
    }
  }
}
