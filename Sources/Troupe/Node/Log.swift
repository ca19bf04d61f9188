// What the runtime tells those who run it. A closure and not a logger: the library brings no logging package with it.

public struct Log: Sendable {
  public enum Level: String, Sendable, Comparable {
    case debug, info, warning, error
    public static func < (left: Level, right: Level) -> Bool { left.rank < right.rank }
    private var rank: Int {
      switch self {
      case .debug: 0
      case .info: 1
      case .warning: 2
      case .error: 3
      }
    }
  }

  private let write: @Sendable (Level, String) -> Void

  public init(_ write: @escaping @Sendable (Level, String) -> Void) {
    self.write = write
  }

  /// Says nothing.
  public static let silent = Log { _, _ in }

  func callAsFunction(_ level: Level, _ message: @autoclosure () -> String) {
    write(level, message())
  }
}
