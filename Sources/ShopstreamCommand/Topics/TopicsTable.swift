// Groups of consumers and their dead letters as lines of text. Pure; what needs a person stands out.

import Troupe
import TroupeJSON

struct GroupLine: Encodable {
  var group: String
  var topic: String
  var state: String
  var lag: Int
  var delivered: UInt64
  var failures: UInt64
  var deadLetters: Int
  var trouble: String?

  init(_ report: ConsumerReport, letters: Int) {
    group = report.group
    topic = report.topic
    state = report.state.rawValue
    lag = report.lag
    delivered = report.delivered
    failures = report.failures
    deadLetters = letters
    trouble = report.trouble.map { "shard \(report.troubledShard ?? 0): \($0)" }
  }

  var isWell: Bool { state == ConsumerReport.State.running.rawValue && deadLetters == 0 }
}

/// One dead letter, its events decoded where the kind is known.
struct LetterLine {
  let letter: DeadLetter
  let kind: String
  let events: String

  init(_ letter: DeadLetter, _ contracts: Contracts) {
    self.letter = letter
    let contract = contracts.kinds.first { kindID($0.kind) == letter.kind }
    kind = contract?.kind ?? String(letter.kind, radix: 16)
    let transcoder = contract.map { JSONTranscoder(types: $0.types) }
    events = letter.events.map { bytes in
      if let type = contract?.event, let value = try? transcoder?.value(from: bytes, as: type) { return value.text }
      return "(\(bytes.count) bytes)"
    }.joined(separator: " ")
  }

  var time: String { LogLine.text(letter.buried) }

  static func json(_ lines: [LetterLine]) -> String {
    JSONValue.array(
      lines.map { line in
        [
          "id": .string(line.letter.id), "entity": .string("\(line.kind)/\(line.letter.entity)"), "buried": .string(line.time),
          "attempts": .number(JSONNumber(Int64(line.letter.attempts))), "error": .string(line.letter.error), "events": .string(line.events),
        ]
      }
    ).text
  }
}

enum TopicsTable {
  static let width = 100

  static func lines(_ groups: [GroupLine], style: TextStyle) -> [String] {
    guard !groups.isEmpty else { return ["No node has a group of consumers."] }
    let rows = groups.map {
      [
        $0.group, $0.topic, $0.state, $0.lag.grouped, Int(clamping: $0.delivered).grouped, Int(clamping: $0.failures).grouped,
        $0.deadLetters.grouped,
      ]
    }
    let table = StatusTable.aligned([["GROUP", "TOPIC", "STATE", "LAG", "TAKEN", "FAILED", "DEAD LETTERS"]] + rows, right: [3, 4, 5, 6])
    let body = zip(table.dropFirst(), groups).flatMap { line, group in
      [group.isWell ? line : style.warning(line)] + (group.trouble.map { [style.warning("  \($0)".cut(to: width))] } ?? [])
    }
    return [style.dim(table[0])] + body
  }

  static func letters(_ lines: [LetterLine], style: TextStyle) -> [String] {
    let rows = lines.map { ["\($0.letter.id)", $0.time, "\($0.kind)/\($0.letter.entity)".cut(to: 40), "\($0.letter.attempts)"] }
    let table = StatusTable.aligned([["LETTER", "SINCE", "ENTITY", "TRIES"]] + rows, right: [3])
    return [style.dim(table[0])]
      + zip(table.dropFirst(), lines).flatMap { row, line in
        [row, style.warning("  \(line.letter.error)".cut(to: width)), style.dim("  \(line.events)".cut(to: width))]
      }
  }
}
