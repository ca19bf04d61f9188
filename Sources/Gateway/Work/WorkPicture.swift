// What was heard last of consumers and sagas. What could not be asked keeps what it was, and says why.

import Foundation
import Troupe

struct WorkPicture: Sendable, Equatable {
  var consumers = ConsumerStatus()
  /// Dead letters by group; without those that could not be counted.
  var letters: [String: Int] = [:]
  var sagas = SagaStatus()
  /// Why the last question was not answered.
  var consumerTrouble: String?
  var sagaTrouble: String?
  /// When consumers were asked; milliseconds since 1970.
  var time: Int64 = 0

  var stuck: [SagaReport] { sagas.sagas.filter(\.isStuck) }

  /// How long the oldest record has waited that is known to wait.
  func oldest(_ report: ConsumerReport) -> Duration? {
    report.oldest.map { .milliseconds(max(0, time - $0)) }
  }

  static var now: Int64 { Int64(Date().timeIntervalSince1970 * 1_000) }
}
