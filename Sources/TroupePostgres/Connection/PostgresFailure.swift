// What PostgreSQL answers when it does not do what it was asked, and what that means to a caller of the store.
import CPostgres
import TroupeJournal

struct PostgresFailure: Error, Sendable {
  /// SQLSTATE, five characters (https://www.postgresql.org/docs/15/errcodes-appendix.html); empty when libpq itself failed.
  let code: String
  let message: String
  /// The server ended the connection with it.
  let isFatal: Bool

  init(code: String = "", message: String, isFatal: Bool = false) {
    (self.code, self.message, self.isFatal) = (code, message, isFatal)
  }

  init(_ result: OpaquePointer) {
    func field(_ name: Int) -> String { PQresultErrorField(result, Int32(name)).map { String(cString: $0) } ?? "" }
    code = field(Int(UInt8(ascii: "C")))
    let primary = field(Int(UInt8(ascii: "M")))
    message = primary.isEmpty ? String(cString: PQresultErrorMessage(result)) : primary
    let severity = field(Int(UInt8(ascii: "V")))
    isFatal = severity == "FATAL" || severity == "PANIC"
  }

  var sentence: String { code.isEmpty ? message.oneLine : "\(message.oneLine) (SQLSTATE \(code))" }

  /// A statement failed before its transaction committed, so nothing of the transaction was done, and never will be. That is so for
  /// a `statement_timeout` as well (57014): whoever waits longer than we do has been rolled back.
  var beforeCommit: StoreError {
    switch code {
    case "53100": .diskFull(sentence)
    case "XX001", "XX002": .corrupt(sentence)
    default: .unavailable(sentence)
    }
  }

  /// Whether the connection is of no use after it: the server ends, it became a standby, or it does not know our statements.
  var endsConnection: Bool { isFatal || ["25006", "26000", "0A000", "57P01", "57P02", "57P03"].contains(code) || code.hasPrefix("08") }
}

extension String {
  /// libpq's messages have several lines.
  var oneLine: String { split(whereSeparator: \.isNewline).map { $0.trimmingPrefix { $0 == "\t" || $0 == " " } }.joined(separator: "; ") }
}
