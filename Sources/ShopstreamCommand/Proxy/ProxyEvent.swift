// What the proxy says as it happens: a sentence for people, an object for programs.

import TroupeTesting

struct ProxyEvent: Encodable, Sendable {
  struct Faults: Encodable, Sendable {
    /// In the words in which they would be set.
    var towardsTarget: [String]
    var towardsClient: [String]
    var connections: [String]

    init(_ faults: ProxyFaults) {
      towardsTarget = FaultSetting.words(for: faults.towardsTarget)
      towardsClient = FaultSetting.words(for: faults.towardsClient)
      connections =
        (faults.dropsConnections > 0 ? ["drop \(faults.dropsConnections)"] : []) + (faults.refusesConnections ? ["refuse on"] : [])
    }

    var sentence: String {
      if towardsTarget == towardsClient { return Self.list(towardsTarget + connections) }
      var parts: [String] = []
      if !towardsTarget.isEmpty { parts.append("to the target " + Self.list(towardsTarget)) }
      if !towardsClient.isEmpty { parts.append("to the client " + Self.list(towardsClient)) }
      if !connections.isEmpty { parts.append(Self.list(connections)) }
      return parts.joined(separator: "; ")
    }

    private static func list(_ words: [String]) -> String { words.isEmpty ? "no faults" : words.joined(separator: ", ") }
  }

  /// `listening`, `faults`, `done`, `status`, `refused` or `stopped`.
  var event: String
  var message: String?
  var listen: String?
  var to: String?
  var seed: UInt64?
  var faults: Faults?
  var statistics: FaultProxyStatistics?

  static func listening(_ proxy: FaultProxy, seed: UInt64) -> ProxyEvent {
    ProxyEvent(
      event: "listening", listen: proxy.address.description, to: proxy.target.description, seed: seed, faults: Faults(proxy.faults))
  }
  static func faults(_ faults: ProxyFaults) -> ProxyEvent { ProxyEvent(event: "faults", faults: Faults(faults)) }
  static func done(_ sentence: String) -> ProxyEvent { ProxyEvent(event: "done", message: sentence) }
  static func refused(_ refusal: Refusal) -> ProxyEvent { ProxyEvent(event: "refused", message: refusal.sentence) }
  static func status(_ proxy: FaultProxy) -> ProxyEvent {
    ProxyEvent(event: "status", faults: Faults(proxy.faults), statistics: proxy.statistics)
  }
  static func stopped(_ proxy: FaultProxy) -> ProxyEvent { ProxyEvent(event: "stopped", statistics: proxy.statistics) }

  /// For a terminal.
  var lines: [String] {
    if let listen, let to {
      return [
        "The proxy listens on \(listen) and forwards to \(to): \(faults?.sentence ?? "").",
        "A line changes its faults, 'help' says which; Ctrl-C ends it.",
      ]
    }
    let sentence = message ?? faults.map { "Now: \($0.sentence)." }
    return (sentence.map { [$0] } ?? []) + (statistics.map(Self.table) ?? [])
  }

  private static func table(_ statistics: FaultProxyStatistics) -> [String] {
    [
      "connections \(statistics.connections), open \(statistics.open), dropped \(statistics.dropped), "
        + "reset \(statistics.resets), target unreachable \(statistics.unreachable)",
      "to the target: " + way(statistics.towardsTarget),
      "to the client: " + way(statistics.towardsClient),
    ]
  }

  private static func way(_ way: StreamStatistics) -> String {
    "\(way.taken) bytes in, \(way.passed) out, \(way.vanished) lost; chunks \(way.delayed) late, \(way.duplicated) twice; "
      + "bits flipped \(way.flipped), half-closes \(way.halfCloses), resets \(way.resets)"
  }
}
