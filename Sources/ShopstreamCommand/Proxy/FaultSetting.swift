// One fault of one direction with its value, as it is typed: the words of the options and of the lines that a running proxy reads.

import TroupeTesting

enum FaultSetting: Hashable, Sendable {
  case delay(Duration)
  case jitter(Duration)
  case rate(Int?)
  case drip(StreamFaults.Drip?)
  case cut(Bool)
  case blackHole(Bool)
  case duplicate(Double)
  case flip(Double)
  case flipAfter(Int?)
  case halfCloseAfter(Int?)
  case resetAfter(Int?)

  /// Nil when no fault is called so; a sentence when the value cannot be read.
  init?(_ name: String, _ value: String?) throws(Refusal) {
    switch name {
    case "delay": self = .delay(try Self.duration(value, of: name))
    case "jitter": self = .jitter(try Self.duration(value, of: name))
    case "rate": self = .rate(try Self.rate(value))
    case "drip": self = .drip(try Self.drip(value))
    case "cut": self = .cut(try Self.isOn(value, of: name))
    case "black-hole": self = .blackHole(try Self.isOn(value, of: name))
    case "duplicate": self = .duplicate(try Self.probability(value, of: name))
    case "flip": self = .flip(try Self.probability(value, of: name))
    case "flip-after": self = .flipAfter(try Self.bytes(value, of: name))
    case "half-close-after": self = .halfCloseAfter(try Self.bytes(value, of: name))
    case "reset-after": self = .resetAfter(try Self.bytes(value, of: name))
    default: return nil
    }
  }

  func apply(to faults: inout StreamFaults) {
    switch self {
    case .delay(let duration): faults.delay = duration
    case .jitter(let duration): faults.jitter = duration
    case .rate(let rate): faults.rate = rate
    case .drip(let drip): faults.drip = drip
    case .cut(let isOn): faults.isHeld = isOn
    case .blackHole(let isOn): faults.isBlackHole = isOn
    case .duplicate(let probability): faults.duplicate = probability
    case .flip(let probability): faults.flip = probability
    case .flipAfter(let count): faults.flipAfter = count
    case .halfCloseAfter(let count): faults.halfCloseAfter = count
    case .resetAfter(let count): faults.resetAfter = count
    }
  }

  /// The faults that are set, in words that could be typed again.
  static func words(for faults: StreamFaults) -> [String] {
    var words: [String] = []
    if faults.delay > .zero { words.append("delay \(DurationWord.text(faults.delay))") }
    if faults.jitter > .zero { words.append("jitter \(DurationWord.text(faults.jitter))") }
    if let rate = faults.rate { words.append("rate \(BytesWord.text(rate))") }
    if let drip = faults.drip { words.append("drip \(DripWord.text(drip))") }
    if faults.isHeld { words.append("cut on") }
    if faults.isBlackHole { words.append("black-hole on") }
    if faults.duplicate > 0 { words.append("duplicate \(faults.duplicate)") }
    if faults.flip > 0 { words.append("flip \(faults.flip)") }
    if let count = faults.flipAfter { words.append("flip-after \(BytesWord.text(count))") }
    if let count = faults.halfCloseAfter { words.append("half-close-after \(BytesWord.text(count))") }
    if let count = faults.resetAfter { words.append("reset-after \(BytesWord.text(count))") }
    return words
  }

  // MARK: Values

  static func probability(_ value: String?, of name: String) throws(Refusal) -> Double {
    guard let value else { throw Refusal("'\(name)' needs a probability: '\(name) 0.01' or '\(name) 1%'.") }
    guard let word = ProbabilityWord(argument: value) else { throw Refusal("'\(value)' is no probability: write 0 to 1, or 1%.") }
    return word.value
  }

  static func isOn(_ value: String?, of name: String) throws(Refusal) -> Bool {
    switch value {
    case nil, "on": true
    case "off": false
    default: throw Refusal("'\(name)' is on or off, not '\(value ?? "")'.")
    }
  }

  private static func duration(_ value: String?, of name: String) throws(Refusal) -> Duration {
    guard let value else { throw Refusal("'\(name)' needs a time: '\(name) 500ms'.") }
    guard let word = DurationWord(argument: value) else {
      throw Refusal("'\(value)' is no time: write 500ms, 2s or 1m, at most a day.")
    }
    return word.duration
  }

  private static func bytes(_ value: String?, of name: String) throws(Refusal) -> Int? {
    guard let value else { throw Refusal("'\(name)' needs a number of bytes: '\(name) 64KB'.") }
    if value == "off" { return nil }
    guard let word = BytesWord(argument: value) else { throw Refusal("'\(value)' is no number of bytes: write 300, 64KB or 1MB.") }
    return word.count
  }

  private static func rate(_ value: String?) throws(Refusal) -> Int? {
    let rate = try bytes(value, of: "rate")
    guard rate != 0 else { throw Refusal("A rate of nothing is 'cut on'; a rate is at least 1 byte a second.") }
    return rate
  }

  private static func drip(_ value: String?) throws(Refusal) -> StreamFaults.Drip? {
    guard let value else { throw Refusal("'drip' needs bytes and a time: 'drip 1B/100ms'.") }
    if value == "off" { return nil }
    guard let word = DripWord(argument: value) else { throw Refusal("'\(value)' is no drip: write 1B/100ms.") }
    return word.drip
  }
}
