// Copies the log's write-ahead log on a thread and a connection of its own, while the writer goes on: a copy of 16 MiB takes 30 ms
// on a good disk and a second on a busy one, which no append should wait for.
import Dispatch
import Foundation
import GRDB
import Synchronization

final class Checkpoints: Sendable {
  let gate = CheckpointGate()
  private let asked = DispatchSemaphore(value: 0)
  private let isAsked = Atomic(false)
  private let isOver = Atomic(false)

  init(_ file: DatabaseQueue) {
    let thread = Thread { [self] in
      file.inDatabase { db in
        while true {
          asked.wait()
          if isOver.load(ordering: .acquiring) { break }
          isAsked.store(false, ordering: .releasing)
          gate.copy(db.sqliteConnection)
          // Closed while others are open it copies nothing; the last one would, with a descriptor whose failure is forgotten.
          if gate.isShut { break }
        }
      }
      try? file.close()
    }
    thread.name = "store-checkpoints"
    thread.start()
  }

  /// Never blocks.
  func ask() {
    if !isAsked.exchange(true, ordering: .acquiringAndReleasing) { asked.signal() }
  }

  func end() {
    isOver.store(true, ordering: .releasing)
    asked.signal()
  }
}
