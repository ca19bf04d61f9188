// What `--compress` says: which links of a process make their frames smaller.

import ArgumentParser
import Troupe

enum CompressionChoice: String, ExpressibleByArgument, CaseIterable, Sendable {
  /// Between processes that say different zones.
  case auto
  case on, off

  var compression: LinkPolicy.Compression {
    switch self {
    case .auto: .betweenZones
    case .on: .always
    case .off: .off
    }
  }
}
