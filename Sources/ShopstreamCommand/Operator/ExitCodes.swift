// How a command ends, for scripts. Documented in the root help.

enum ExitCodes {
  /// The call arrived and the entity answered with an error of its own.
  static let entityRefused: Int32 = 3
}
