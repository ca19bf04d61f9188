// The log of a node or a gateway: lines on standard error, which `up` puts into a file.

import Logging
import Troupe

enum ProcessLog {
  static func logger(_ name: String, verbose: Bool) -> Logger {
    var logger = Logger(label: name) { StreamLogHandler.standardError(label: $0) }
    logger.logLevel = verbose ? .debug : .info
    return logger
  }
}

extension Log {
  /// The runtime's words, through the logger of this process.
  init(_ logger: Logger) {
    self.init { level, message in
      logger.log(level: Logger.Level(level), "\(message)", source: "Troupe")
    }
  }
}

extension Logger.Level {
  init(_ level: Log.Level) {
    self =
      switch level {
      case .debug: .debug
      case .info: .info
      case .warning: .warning
      case .error: .error
      }
  }
}
