// What a chaos run came to: report.json is this, and report.html is drawn from it.

import Foundation

struct ChaosReport: Codable, Hashable, Sendable {
  struct Promise: Codable, Hashable, Sendable {
    var promise: String
    var isKept: Bool
    /// What was seen of it, with figures.
    var detail: String
  }

  struct Calls: Codable, Hashable, Sendable {
    /// Each time that one left, again under its key included.
    var sent: Int
    var answered: Int
    var failed: Int
    /// By the code of the error; "not-sent" is the load's own, when too many were open.
    var failedByName: [String: Int]
  }

  struct Writes: Codable, Hashable, Sendable {
    var asked: Int
    var acknowledged: Int
    /// Failed for good, without effect.
    var failed: Int
    /// It is not known whether they took effect.
    var unknown: Int
    /// Acknowledged and gone.
    var lost: Int
    var twice: Int
  }

  /// Milliseconds; nil where nothing was answered.
  struct Latency: Codable, Hashable, Sendable {
    var answered: Int
    var p50: Double?
    var p99: Double?
  }

  struct Fault: Codable, Hashable, Sendable {
    var what: String
    var nodes: [String]
    /// Seconds since the load began.
    var at: Double
    /// When the cluster was whole again; nil when it was not in time.
    var until: Double?
    /// Carts that the nodes had.
    var carts: Int
    /// Of those, the ones that were never answered again.
    var silent: Int
    /// Seconds from the fault to the first answer of such a cart to a call that was due after it.
    var firstAnswerP50: Double?
    var firstAnswerP99: Double?
    var firstAnswerLast: Double?
    /// Of the load, until the cluster was whole.
    var sent: Int
    var answered: Int
    var longestSilenceSeconds: Double
  }

  struct Event: Codable, Hashable, Sendable {
    var at: Double
    var what: String
  }

  /// A value for each step since the load began.
  struct Series: Codable, Hashable, Sendable {
    var stepSeconds: Double
    /// Calls a second.
    var sent: [Double]
    var answered: [Double]
    var failed: [Double]
    /// Milliseconds, of the calls that were due in the step.
    var p50: [Double?]
    var p99: [Double?]
  }

  var scenario: String
  var summary: String
  /// "kept" or "broken".
  var verdict: String
  var promises: [Promise]
  /// What judges complained of, in sentences; the first of them.
  var complaints: [String]
  var version: String
  var began: String
  var seconds: Double
  var nodes: Int
  var carts: Int
  var callsPerSecond: Int
  var calls: Calls
  var writes: Writes
  var before: Latency
  var during: Latency
  var after: Latency
  var faults: [Fault]
  var events: [Event]
  var series: Series

  var isKept: Bool { verdict == "kept" }
}
