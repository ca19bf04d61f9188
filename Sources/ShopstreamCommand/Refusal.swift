// Why a command does not go on: one sentence for the person at the terminal. Thrown before anything was changed, or after
// everything that was started has been stopped again.

struct Refusal: Error, Hashable, Sendable, CustomStringConvertible {
  /// Says what is wrong and where, and what would help.
  let sentence: String

  init(_ sentence: String) {
    self.sentence = sentence
  }

  var description: String { sentence }
}
