// One file as a disk has it: what was synced, and what programs wrote since. A value; the bytes that programs see stand elsewhere.

struct DiskFile {
  enum Change {
    case write([UInt8], at: Int)
    case truncate(to: Int)
  }

  /// What a loss of power tears writes at.
  private static let sector = 512

  private(set) var durable: [UInt8] = []
  private var pending: [Change] = []

  init(durable: [UInt8] = []) { self.durable = durable }

  mutating func add(_ change: Change) { pending.append(change) }

  mutating func sync() {
    for change in pending { Self.apply(change, to: &durable) }
    pending = []
  }

  /// Each change is on the disk, in part or whole, or is lost; nobody knows, and nobody will write it again.
  mutating func failToSync(_ dice: inout Dice) {
    durable = afterPowerLoss(&dice)
    pending = []
  }

  /// The synced bytes, and any of the others: the disk writes in whatever order it likes.
  func afterPowerLoss(_ dice: inout Dice) -> [UInt8] {
    var bytes = durable
    for change in pending {
      switch UInt8.random(in: 0..<4, using: &dice) {
      case 0: break
      case 1, 2: Self.apply(change, to: &bytes)
      default: Self.applyTorn(change, to: &bytes, &dice)
      }
    }
    return bytes
  }

  private static func apply(_ change: Change, to bytes: inout [UInt8]) {
    switch change {
    case .write(let new, let place):
      if bytes.count < place + new.count { bytes += [UInt8](repeating: 0, count: place + new.count - bytes.count) }
      bytes.replaceSubrange(place..<place + new.count, with: new)
    case .truncate(let size):
      if bytes.count > size { bytes.removeLast(bytes.count - size) }
      if bytes.count < size { bytes += [UInt8](repeating: 0, count: size - bytes.count) }
    }
  }

  /// Some of its sectors, and one of those cut off anywhere.
  private static func applyTorn(_ change: Change, to bytes: inout [UInt8], _ dice: inout Dice) {
    guard case .write(let new, let place) = change else { return apply(change, to: &bytes) }
    var start = 0
    while start < new.count {
      let end = min(new.count, (place + start) / sector * sector + sector - place)
      switch UInt8.random(in: 0..<8, using: &dice) {
      case 0..<3: apply(.write(Array(new[start..<end]), at: place + start), to: &bytes)
      case 3: apply(.write(Array(new[start..<Int.random(in: start...end, using: &dice)]), at: place + start), to: &bytes)
      default: break
      }
      start = end
    }
  }
}
