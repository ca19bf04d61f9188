// One user of a simulated cluster: does one thing after the other, and writes down what came of it.
public import Troupe
import TroupeNet

/// A process of a workload.
public final class SimulationProcess: @unchecked Sendable {
  // Sound because the world's thread alone uses it.
  public let number: Int
  public let cluster: Cluster
  public private(set) var random: SeededRandom
  private let history: History
  private var made = 0

  init(number: Int, cluster: Cluster, history: History, seed: UInt64) {
    self.number = number
    self.cluster = cluster
    self.history = history
    random = SeededRandom(seed: seed)
  }

  public func draw(_ range: Range<Int>) -> Int { Int.random(in: range, using: &random) }

  /// A number that no process has had before.
  public func freshNumber() -> Int {
    made += 1
    return number * 1_000_000 + made
  }

  /// Does something and records when it began, and when and how it ended.
  public nonisolated(nonsending) func perform(
    _ name: String, _ key: String, _ argument: Int? = nil, _ call: () async throws -> [Int]
  ) async {
    let index = history.begin(name, key, argument, process: number)
    do {
      history.end(index, .ok, try await call())
    } catch let error as CallError {
      history.end(index, error.executed == .no ? .failed : .unknown, reason: "\(error.code.rawValue), \(error.message)")
    } catch {
      history.end(index, .unknown, reason: "\(error)")
    }
  }
}
