// What goes wrong with a disk, and at which operation.

enum DiskFault: String, CaseIterable, Sendable {
  /// A write fails, after a part of it was written.
  case writeFails
  /// There is no room for a write and a few after it.
  case diskIsFull
  /// A sync fails. What it should have made durable is then on the disk or is not, and no later sync sees to it: the kernel takes it
  /// for written.
  case syncFails
  /// This operation and all that follow fail; what was not synced by then is on the disk in part.
  case powerIsLost

  enum Operation { case write, sync, delete }

  func counts(_ operation: Operation) -> Bool {
    switch self {
    case .writeFails, .diskIsFull: operation == .write
    case .syncFails: operation == .sync
    case .powerIsLost: true
    }
  }

  /// How many operations it strikes in a row.
  var length: Int {
    switch self {
    case .writeFails, .syncFails: 1
    case .diskIsFull: 3
    case .powerIsLost: .max
    }
  }
}
