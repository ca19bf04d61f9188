// What goes to the server with one Sync: the statements of one transaction, and the calls that wait for it.
import TroupeNet

final class Exchange {
  let calls: [any Call]
  let queries: [Query]
  /// When its calls give up; the connection is given up some time later.
  let expires: Instant
  /// In the order of the queries, as they arrive.
  var answers: [Rows] = []
  /// Statements that are answered before the commit.
  var expectedAnswers = 0
  /// Why its transaction was rolled back.
  var failure: PostgresFailure?
  /// Why it is not known what became of its transaction.
  var doubt: String?
  /// For what the session itself asks.
  var ended: ((Exchange) -> Void)?

  init(_ calls: [any Call], _ queries: [Query], expires: Instant) {
    (self.calls, self.queries, self.expires) = (calls, queries, expires)
  }
}
