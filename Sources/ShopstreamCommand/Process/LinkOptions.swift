// What can be said about the links and calls of a process. Each mechanism can be turned off, so that its worth can be seen; the defaults
// are the runtime's. docs/calls.md lists them.

import ArgumentParser
import Troupe

struct LinkOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Circuit breakers of its calls; with 'off' calls to a peer that is gone wait for their deadline.", valueName: "on|off"))
  var breakers = Switch.on

  @Option(
    help: ArgumentHelp(
      "Whether calls that may have run are sent again: within a budget, for ever until their deadline, or never.",
      valueName: "on|unlimited|off"))
  var retries = Retries.on

  @Option(
    help: ArgumentHelp("Calls of one link without an answer; those past it are refused as overloaded. 1 to 65536.", valueName: "count"))
  var inFlight = LinkPolicy().callsInFlight

  @Option(
    help: ArgumentHelp(
      "Signs of life; with 'off' a link whose peer is silent stays, and calls on it wait for their deadline.", valueName: "on|off"))
  var keepAlive = Switch.on

  @Option(help: ArgumentHelp("How long a frame may take to arrive once it has begun.", valueName: "time|off"))
  var frameTime = TimeOrOff(LinkPolicy().frameTime)

  @Option(help: ArgumentHelp("How old a link becomes before another takes its place; no call is lost for it.", valueName: "time|off"))
  var linkAge = TimeOrOff(LinkPolicy().maximumAge)

  @Option(
    help: ArgumentHelp(
      "How long an open link may outlive the certificates of its two sides; with 'off' for ever.", valueName: "time|off"))
  var certificateGrace = TimeOrOff(LinkPolicy().certificateGrace)

  @Option(
    help: ArgumentHelp(
      "Whether it compresses what it sends: to peers of another zone (auto), to all, or to none. What it receives its peers decide.",
      valueName: "auto|on|off"))
  var compress = CompressionChoice.auto

  @Option(
    help: ArgumentHelp(
      "A feature of the wire that it does not offer: chunks, stamps, cancel, goaway, lz4, bulk, orphans or identities. May be given more than once.",
      valueName: "feature"))
  var without: [FeatureWord] = []

  enum Retries: String, ExpressibleByArgument {
    case on, unlimited, off
  }

  var calls: CallPolicy {
    var policy = CallPolicy()
    if breakers == .off { policy.breakers = nil }
    switch retries {
    case .on: break
    case .unlimited: policy.retryBudget = nil
    case .off: policy.resendsLostCalls = false
    }
    return policy
  }

  var links: LinkPolicy {
    var policy = LinkPolicy()
    policy.callsInFlight = inFlight
    policy.keepsAlive = keepAlive == .on
    policy.frameTime = frameTime.duration
    policy.maximumAge = linkAge.duration ?? LinkPolicy.longest
    policy.certificateGrace = certificateGrace.duration
    policy.compression = compress.compression
    for word in without { policy.features.subtract(word.feature) }
    return policy
  }
}

/// "30s", "5m", or "off".
struct TimeOrOff: Hashable, Sendable, ExpressibleByArgument {
  let duration: Duration?

  init(_ duration: Duration?) { self.duration = duration }

  init?(argument: String) {
    if argument == "off" {
      self.init(nil)
    } else {
      guard let word = DurationWord(argument: argument) else { return nil }
      self.init(word.duration)
    }
  }

  var defaultValueDescription: String { duration.map(DurationWord.text) ?? "off" }
}

/// One feature by its name.
struct FeatureWord: Hashable, Sendable, ExpressibleByArgument {
  let feature: LinkFeatures

  init?(argument: String) {
    guard let feature = LinkFeatures(named: argument) else { return nil }
    self.feature = feature
  }
}
