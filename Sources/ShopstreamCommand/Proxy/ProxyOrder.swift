// What a running proxy is told, a line at a time. Pure: text in, order or sentence out.

import TroupeTesting

enum ProxyOrder: Hashable, Sendable {
  case set(FaultSetting, [ProxyDirection])
  case drop(Double)
  case refuse(Bool)
  case halfClose(ProxyDirection)
  case reset
  case heal
  case status
  case help
  case quit

  /// Nil for an empty line.
  init?(line: String) throws(Refusal) {
    var words = line.split(whereSeparator: \.isWhitespace).map(String.init)
    guard let name = words.first else { return nil }
    words.removeFirst()
    let direction = words.last.flatMap { ProxyDirection(rawValue: $0) }
    if direction != nil { words.removeLast() }
    guard words.count <= 1 else { throw Refusal("'\(name)' takes one value, and 'to-target' or 'to-client' behind it.") }
    self = try Self.parse(name, words.first, direction)
  }

  private static func parse(_ name: String, _ value: String?, _ direction: ProxyDirection?) throws(Refusal) -> ProxyOrder {
    if let setting = try FaultSetting(name, value) { return .set(setting, direction.map { [$0] } ?? ProxyDirection.allCases) }
    if name == "half-close", value == nil {
      guard let direction else { throw Refusal("'half-close' needs a direction: 'half-close to-target' or 'half-close to-client'.") }
      return .halfClose(direction)
    }
    if let direction { throw Refusal("'\(name)' is about whole connections; '\(direction.rawValue)' does not go with it.") }
    switch name {
    case "drop": return .drop(try FaultSetting.probability(value, of: name))
    case "refuse": return .refuse(try FaultSetting.isOn(value, of: name))
    default: break
    }
    guard let order = simple[name] else { throw Refusal("'\(name)' is neither a fault nor an order: 'help' lists them.") }
    if let value { throw Refusal("'\(name)' takes no value, '\(value)' for instance.") }
    return order
  }

  private static let simple: [String: ProxyOrder] = [
    "reset": .reset, "heal": .heal, "status": .status, "help": .help, "quit": .quit,
  ]

  /// What a change makes of the faults; nil for orders that are none.
  func changed(_ faults: ProxyFaults) -> ProxyFaults? {
    var faults = faults
    switch self {
    case .set(let setting, let directions):
      if directions.contains(.towardsTarget) { setting.apply(to: &faults.towardsTarget) }
      if directions.contains(.towardsClient) { setting.apply(to: &faults.towardsClient) }
    case .drop(let probability): faults.dropsConnections = probability
    case .refuse(let isOn): faults.refusesConnections = isOn
    case .heal: faults = .none
    case .halfClose, .reset, .status, .help, .quit: return nil
    }
    return faults
  }

  /// What can be typed, a line each.
  static let helpLines = [
    "Of both directions, or of one with to-target or to-client behind it:",
    "  delay 500ms          jitter 50ms           rate 1MB (off)        drip 1B/100ms (off)",
    "  cut (off)            nothing passes, nothing is lost",
    "  black-hole (off)     everything vanishes; what lost bytes is reset at the end of it",
    "  duplicate 0.01       a chunk is sent twice, with this probability",
    "  flip 0.001           a bit of a byte flips, with this probability",
    "  flip-after 4KB (off)     half-close-after 4KB (off)     reset-after 4KB (off)",
    "Of connections:",
    "  drop 0.01            a new one is a black hole, with this probability",
    "  refuse (off)         new ones are refused",
    "  half-close to-target     reset     every open one, now",
    "Others: heal, status, help, quit",
  ]
}
