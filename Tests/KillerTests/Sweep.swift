// The killer's way through a scenario: the node dies at its first durable step, at its second, and so on until one run ends before its step
// comes. Each run has a store of its own.
import Foundation
import Killed
import Synchronization
import Testing
import Troupe

/// Where the node dies.
enum Blow: String, CaseIterable, Sendable, CustomTestStringConvertible {
  /// At a durable step: the store was not asked yet, or it has done it and nobody heard.
  case beforeTheStep, behindTheStep
  /// Between an effect outside and its answer.
  case unanswered

  var testDescription: String { rawValue }

  static let ofEach: [(Cast, Blow)] = Cast.allCases.flatMap { cast in
    // Commands have no effect outside.
    allCases.filter { cast != .commands || $0 != .unanswered }.map { (cast, $0) }
  }
}

struct Sweep: Sendable {
  let cast: Cast
  let blow: Blow
  /// Makes a store that is empty.
  let store: @Sendable () async throws -> String
  /// Of the steps only each so-many-th, beginning with the first.
  var stride = 1

  private static let mostSteps = 200

  /// Runs until a run is over before its step comes.
  func run(_ name: String) async throws {
    let start = ContinuousClock.now
    var deaths: [String] = []
    var step = 1
    while step < Self.mostSteps {
      let number = step
      guard let lastWords = try await Berths.shared.with({ try await play(killAt: number) }) else { break }
      deaths.append(lastWords)
      step += stride
    }
    #expect(blow == .unanswered ? !deaths.isEmpty : step > cast.fewestSteps, "the killer stood \(deaths.count) times between two steps")
    let by = Dictionary(grouping: deaths) { $0 }.map { "\($0.value.count) \($0.key)" }.sorted().joined(separator: ", ")
    print("\(name), \(cast.rawValue), \(blow.rawValue): \(deaths.count) deaths (\(by)) in \((.now - start) / .seconds(1)) s")
  }

  /// What it did last, or nil when it did not die.
  private func play(killAt step: Int) async throws -> String? {
    let folder = try Folder()
    let outside = try OutsideLedger()
    let plan = NodeProcess.Plan(
      cast: cast, store: try await store(), port: Ports.free(), outside: outside.port, log: folder.path + "/log")
    let orders: [KillOrder] =
      switch blow {
      case .beforeTheStep: [KillOrder(.before, step: step)]
      case .behindTheStep: [KillOrder(.behind, step: step)]
      case .unanswered: []
      }
    let lives = Lives(plan, orders)
    defer { lives.end() }
    if blow == .unanswered { outside.insteadOfAnswering(step) { lives.killNow() } }
    try await lives.begin()
    let client = try await Client.connect(
      to: [SocketAddress(host: "127.0.0.1", port: plan.port)], cluster: Cast.cluster, name: "client", tls: nil, limit: .seconds(30))
    let scenario = cast.scenario()
    let label: Comment = "\(cast.rawValue), \(blow.rawValue) \(step)"
    do {
      try await scenario.play(client.cluster, outside)
      try await lives.rest()
      try await scenario.check(client.cluster, outside, label)
    } catch {
      Issue.record(error, "\(label): \(lives.deaths) \(lives.log)")
    }
    await client.close()
    return lives.deaths.first
  }
}

/// Gone with its run.
final class Folder: Sendable {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.appending(path: "killer-\(UUID().uuidString)").path(percentEncoded: false)
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}
