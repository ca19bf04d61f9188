// A dead letter as somebody reads it: its events decoded where the kind is known.

import Troupe
import TroupeJSON

struct LetterPicture {
  /// Characters of the events that are shown.
  private static let shownCharacters = 4_000

  let letter: DeadLetter
  let kind: String
  let events: String

  init(_ letter: DeadLetter, _ contracts: [EntityContract]) {
    self.letter = letter
    let contract = contracts.first { kindID($0.kind) == letter.kind }
    kind = contract?.kind ?? String(letter.kind, radix: 16)
    let transcoder = contract.map { JSONTranscoder(types: $0.types) }
    let lines = letter.events.map { bytes in
      if let type = contract?.event, let value = try? transcoder?.value(from: bytes, as: type) { return value.text }
      return "(\(bytes.count) bytes)"
    }
    events = String(lines.joined(separator: "\n").prefix(Self.shownCharacters))
  }
}
