// The faults that a proxy begins with, as options: each is the order of the same name.

import ArgumentParser
import TroupeTesting

struct ProxyOptions: ParsableArguments {
  enum Direction: String, CaseIterable, ExpressibleByArgument {
    case both
    case towardsTarget = "to-target"
    case towardsClient = "to-client"
  }

  @Option(help: ArgumentHelp("How long bytes are under way: 75ms.", valueName: "time"))
  var delay: DurationWord?

  @Option(help: ArgumentHelp("So much more or less than the delay, order kept.", valueName: "time"))
  var jitter: DurationWord?

  @Option(help: ArgumentHelp("Bytes a second: 1MB.", valueName: "bytes"))
  var rate: BytesWord?

  @Option(help: ArgumentHelp("So many bytes, so far apart: 1B/100ms.", valueName: "bytes/time"))
  var drip: DripWord?

  @Option(help: ArgumentHelp("A chunk is sent twice.", valueName: "probability"))
  var duplicate: ProbabilityWord?

  @Option(help: ArgumentHelp("A byte has one bit flipped.", valueName: "probability"))
  var flip: ProbabilityWord?

  @Option(help: ArgumentHelp("Flip one bit behind so many bytes of each connection.", valueName: "bytes"))
  var flipAfter: BytesWord?

  @Option(help: ArgumentHelp("End the direction (FIN) behind so many bytes of each connection.", valueName: "bytes"))
  var halfCloseAfter: BytesWord?

  @Option(help: ArgumentHelp("Reset each connection (RST) behind so many bytes.", valueName: "bytes"))
  var resetAfter: BytesWord?

  @Flag(help: "Nothing passes and nothing is lost, until it is healed.")
  var cut = false

  @Flag(help: "Everything vanishes; connections stay half open.")
  var blackHole = false

  @Option(help: ArgumentHelp("A new connection is a black hole.", valueName: "probability"))
  var drop: ProbabilityWord?

  @Flag(help: "Refuse new connections.")
  var refuse = false

  @Option(help: "Which bytes all this is about: both, to-target or to-client.")
  var direction = Direction.both

  func validate() throws {
    if let rate, rate.count == 0 { throw ValidationError("--rate is at least 1 byte a second; --cut stops everything.") }
  }

  /// The faults that were asked for.
  var faults: ProxyFaults {
    let settings: [FaultSetting?] = [
      delay.map { .delay($0.duration) }, jitter.map { .jitter($0.duration) }, rate.map { .rate($0.count) }, drip.map { .drip($0.drip) },
      duplicate.map { .duplicate($0.value) }, flip.map { .flip($0.value) }, flipAfter.map { .flipAfter($0.count) },
      halfCloseAfter.map { .halfCloseAfter($0.count) }, resetAfter.map { .resetAfter($0.count) }, cut ? .cut(true) : nil,
      blackHole ? .blackHole(true) : nil,
    ]
    let directions = ProxyDirection(rawValue: direction.rawValue).map { [$0] } ?? ProxyDirection.allCases
    let orders = settings.compactMap { $0 }.map { ProxyOrder.set($0, directions) } + [.drop(drop?.value ?? 0), .refuse(refuse)]
    return orders.reduce(.none) { $1.changed($0) ?? $0 }
  }
}
