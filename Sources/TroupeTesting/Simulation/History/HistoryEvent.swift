// What clients saw of a cluster, as a line for each beginning and each end of an operation: what checkers judge, and people read.
import TroupeNet

/// How an operation ended.
public enum OperationEnd: Hashable, Sendable {
  case ok
  /// It had no effect, and never will.
  case failed
  /// Nobody knows: it may have taken effect, or may yet.
  case unknown
}

/// One operation of one process. A process does one after the other.
public struct Operation: Sendable {
  /// Unique in its history, in the order of the beginnings.
  public let index: Int
  /// Who did it.
  public let process: Int
  /// What was done: "write", "add" …
  public let name: String
  /// What it was done to.
  public let key: String
  /// What was handed over; nil where nothing was.
  public let argument: Int?
  public let began: Instant
  public internal(set) var ended: Instant?
  /// Of an operation that never ended: `.unknown`.
  public internal(set) var end = OperationEnd.unknown
  /// What came back, if it was `.ok`.
  public internal(set) var result: [Int] = []
  /// Why it was not `.ok`.
  public internal(set) var reason = ""
}

extension Operation: CustomStringConvertible {
  public var description: String {
    let call = "\(name)(\([key, argument.map(String.init)].compactMap(\.self).joined(separator: ", ")))"
    let outcome =
      switch end {
      case .ok: "ok \(result.map(String.init).joined(separator: ", "))"
      case .failed: "failed, \(reason)"
      case .unknown: "unknown, \(reason)"
      }
    return "\(index) process \(process) \(call) \(began.sinceStart) to \(ended?.sinceStart ?? "the end"): \(outcome)"
  }
}

extension Instant {
  /// Seconds since a simulated world began.
  var sinceStart: String {
    let milliseconds = (nanoseconds - SimulatedWorld.beginning.nanoseconds) / 1_000
    let text = String(milliseconds % 1_000_000)
    return "\(milliseconds / 1_000_000).\(String(repeating: "0", count: 6 - text.count))\(text)s"
  }
}
