// What `--compress` says: which links of a process make their frames smaller.

import ArgumentParser
import Troupe

enum CompressionChoice: String, ExpressibleByArgument, CaseIterable, Sendable {
  /// Between processes that say different zones.
  case auto
  case on, off

  var policy: LinkPolicy {
    switch self {
    case .auto: LinkPolicy(compression: .betweenZones)
    case .on: LinkPolicy(compression: .always)
    case .off: LinkPolicy(compression: .off)
    }
  }
}
