// Copies the log's write-ahead log on a thread and a connection of its own, while the writer goes on: a copy of 16 MiB takes 30 ms
// on a good disk and a second on a busy one, which no append should wait for. Only the last few pages are the writer's to copy.
import Dispatch
import Foundation
import GRDB
import GRDBSQLite
import Synchronization

final class Checkpoints: Sendable {
  /// Each copies what was committed during the one before.
  private static let rounds = 4
  /// Pages that are few enough for the writer.
  private static let fewPages: Int32 = 64

  let gate = CheckpointGate()
  private let asked = DispatchSemaphore(value: 0)
  private let isAsked = Atomic(false)
  private let isNear = Atomic(false)
  private let isOver = Atomic(false)

  init(_ file: DatabaseQueue) {
    let thread = Thread { [self] in
      file.inDatabase { db in
        while true {
          asked.wait()
          if isOver.load(ordering: .acquiring) { break }
          isAsked.store(false, ordering: .releasing)
          if Self.follow(db.sqliteConnection, through: gate) { isNear.store(true, ordering: .releasing) }
          // Closed while others are open it copies nothing; the last one would, with a descriptor whose failure is forgotten.
          if gate.isShut { break }
        }
      }
      try? file.close()
    }
    thread.name = "store-checkpoints"
    thread.start()
  }

  /// Copies until little is left, or as far as it goes. False when nothing could be copied: another process is at it, or the disk fails.
  static func follow(_ connection: OpaquePointer?, through gate: CheckpointGate) -> Bool {
    var copied: Int32 = 0
    for _ in 0..<rounds {
      guard let pages = gate.copy(connection), gate.sync(connection) else { return false }
      if pages - copied < fewPages { break }
      copied = pages
    }
    return true
  }

  /// Never blocks.
  func ask() {
    if !isAsked.exchange(true, ordering: .acquiringAndReleasing) { asked.signal() }
  }

  /// Whether a copy has come near the log's end since this was last true: the rest is the writer's, while nobody commits.
  func takeNearness() -> Bool {
    isNear.load(ordering: .acquiring) && isNear.exchange(false, ordering: .acquiringAndReleasing)
  }

  func end() {
    isOver.store(true, ordering: .releasing)
    asked.signal()
  }
}
