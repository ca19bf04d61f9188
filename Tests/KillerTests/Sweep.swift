// The killer's way through a scenario: the node dies at its first durable step, at its second, and so on until one run ends before its step
// comes. Each run has a store of its own.
import Foundation
import Killed
import Testing
import Troupe

struct Sweep: Sendable {
  /// A store that is empty.
  struct Place: Sendable {
    var location: String
    /// Where its requests can be counted.
    var requests: RequestProxy?
  }

  private enum Outcome: Sendable {
    /// With what it was doing.
    case died(String)
    /// The scenario was over before.
    case lived
    /// A life ended by itself, and so not where it should.
    case disturbed
  }

  let cast: Cast
  let blow: Blow
  var berths = Berths.shared
  let place: @Sendable () async throws -> Place

  /// Runs of one sweep at once.
  private static let width = 2
  private static let mostSteps = 200
  /// Of a second life, whose further steps are like those of the first: it joins, takes over two shards, and goes on.
  private static let stepsOfSecondLife = 8

  /// Runs until a run is over before its step comes.
  ///
  /// - Parameter isThinned: only before the odd and behind the even steps, and at each odd effect: for stores on which steps take longer. Behind
  ///   a step and before the next one little happens.
  func run(_ name: String, isThinned: Bool = false) async throws {
    if let only = Self.only { return try await run(name, only) }
    let start = ContinuousClock.now
    var (deaths, disturbed, isOver) = ([String](), 0, false)
    let (first, pace) = isThinned ? (blow.isBehind ? 2 : 1, 2) : (1, 1)
    var steps = stride(from: first, through: blow.isAgain ? Self.stepsOfSecondLife : Self.mostSteps, by: pace).makeIterator()
    try await withThrowingTaskGroup(of: Outcome.self) { group in
      func next() {
        guard !isOver, let step = steps.next() else { return }
        group.addTask { try await berths.with { try await play(killAt: step) } }
      }
      for _ in 0..<Self.width { next() }
      while let outcome = try await group.next() {
        switch outcome {
        case .died(let words): deaths.append(words)
        case .lived: isOver = true
        case .disturbed: disturbed += 1
        }
        next()
      }
    }
    #expect(!deaths.isEmpty, "the killer was never reached")
    if !blow.isAgain, blow != .unanswered {
      #expect(isOver && deaths.count >= cast.fewestSteps / pace, "the killer stood \(deaths.count) times between two steps")
    }
    let by = Dictionary(grouping: deaths) { $0 }.map { "\($0.value.count) \($0.key)" }.sorted().joined(separator: ", ")
    let seconds = ((.now - start) / .seconds(1)).rounded()
    print("\(name), \(cast.rawValue), \(blow.rawValue): \(deaths.count) deaths (\(by)), \(disturbed) disturbed, in \(seconds) s")
  }

  /// For whoever looks into a failure: `KILLER=SQLite/saga/behindTheStep/3` lets that run come forty times, and no other.
  private static let only = ProcessInfo.processInfo.environment["KILLER"]

  private func run(_ name: String, _ only: String) async throws {
    let parts = only.split(separator: "/").map(String.init)
    guard parts.count == 4, parts[..<3] == [name, cast.rawValue, blow.rawValue], let step = Int(parts[3]) else { return }
    try await withThrowingTaskGroup(of: Outcome.self) { group in
      for _ in 0..<40 { group.addTask { try await berths.with { try await play(killAt: step) } } }
      for try await outcome in group { print(only, outcome) }
    }
  }

  private func play(killAt step: Int) async throws -> Outcome {
    let folder = try Folder()
    let outside = try OutsideLedger()
    let place = try await place()
    let plan = NodeProcess.Plan(
      cast: cast, store: place.location, port: Ports.free(), outside: outside.port, log: folder.path + "/log")
    let orders = blow.orders(killAt: step, cast)
    let lives = Lives(plan, orders)
    defer { lives.end() }
    if blow == .unanswered { outside.insteadOfAnswering(step) { lives.killNow("effect") } }
    try await lives.begin()
    if let moment = blow.requestMoment {
      place.requests?.begin(.init(number: step, moment: moment) { lives.killNow($0) })
    }
    let client = try await Client.connect(
      to: [SocketAddress(host: "127.0.0.1", port: plan.port)], cluster: Cast.cluster, name: "client", tls: nil, limit: Insistence.limit)
    let scenario = cast.scenario()
    let label: Comment = "\(cast.rawValue), \(blow.rawValue) \(step)"
    do {
      try await scenario.play(client.cluster, outside)
      try await lives.rest()
      try await scenario.check(client.cluster, outside, label)
    } catch {
      let groups = (try? await client.cluster.consumers()) ?? []
      Issue.record(error, "\(label), behind \(lives.deaths): \(outside.effects) \(groups) \(lives.log)")
    }
    await client.close()
    let last = lives.deaths.count >= max(1, orders.count) ? lives.deaths.last : nil
    return last.map { .died($0) } ?? (lives.accidents > 0 ? .disturbed : .lived)
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
