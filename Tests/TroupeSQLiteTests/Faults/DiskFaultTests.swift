// For every n the n-th write or sync of the disk fails, or the power is lost there. What was acknowledged is found again, what was refused is
// not, and the store goes on: the open one after a failure, a new one after the power is back.
import Foundation
import Testing
import TroupeJournal
import TroupeSQLite

@Suite("Disk faults") struct DiskFaultTests {
  /// More operations than the script has: it ends by itself.
  private static let limit = 2_000

  @Test("what is acknowledged survives, whichever operation fails", .timeLimit(.minutes(3)), arguments: DiskFault.allCases)
  func everyOperation(_ fault: DiskFault) async throws {
    var failures = 0
    for place in 0..<Self.limit {
      let run = DiskRun(fault, at: place)
      do {
        let outcome = try await run.play()
        failures += outcome.failures
        guard outcome.hasStruck else {
          #expect(place > 30, "the script has \(place) operations that can fail so")
          #expect(failures > place / 2, "calls fail: \(failures)")
          return
        }
      } catch {
        Issue.record("\(fault.rawValue) at operation \(place): \(error)")
        return
      }
    }
    Issue.record("the script has no end")
  }
}

/// One life of the script through one fault.
struct DiskRun {
  private let fault: DiskFault
  private let place: Int
  private let scratch = ScratchDirectory()

  struct Outcome {
    var hasStruck: Bool
    var failures: Int
  }

  init(_ fault: DiskFault, at place: Int) {
    (self.fault, self.place) = (fault, place)
  }

  func play() async throws -> Outcome {
    try FileManager.default.createDirectory(atPath: scratch.path, withIntermediateDirectories: true)
    var client = StoreClient()
    let disk = FaultyDisk(folder(0), fault, at: place, seed: UInt64(place))
    FaultyVFS.add(disk)
    defer { FaultyVFS.remove(disk) }
    try await play(&client, on: disk)
    if fault == .powerIsLost {
      // As it begins anew, or later, it is lost once more.
      let second = try await playAfterPowerLoss(&client, of: disk, into: folder(1), .powerIsLost, at: place * 31 % 90)
      _ = try await playAfterPowerLoss(&client, of: second, into: folder(2), nil, at: 0)
    }
    guard client.isDone else { throw Lie("the script did not end") }
    return Outcome(hasStruck: disk.hasStruck, failures: client.failures)
  }

  private func folder(_ life: Int) -> String { "\(scratch.path)/\(life)" }

  private func playAfterPowerLoss(
    _ client: inout StoreClient, of former: FaultyDisk, into folder: String, _ fault: DiskFault?, at place: Int
  ) async throws -> FaultyDisk {
    try former.write(to: folder, after: .powerLoss)
    let disk = FaultyDisk(folder, fault, at: place, seed: UInt64(place))
    FaultyVFS.add(disk)
    defer { FaultyVFS.remove(disk) }
    try await play(&client, on: disk)
    return disk
  }

  /// Opens the store, looks at what is there, and goes on with the script as far as the disk lets it.
  private func play(_ client: inout StoreClient, on disk: FaultyDisk) async throws {
    if let store = try open(disk) {
      do {
        try await client.check(store)
        let folds = try Folds(disk.folder)
        defer { folds.close() }
        try await client.run(on: disk, store, folds)
        try await client.check(store)
      } catch  where disk.isOut && !(error is Lie) {
        // Nothing works without power.
      }
      if fault != .powerIsLost { try await client.check(whatIsLeftOf: disk, after: .powerLoss) }
      await store.close()
    }
    await disk.untilClosed()
    guard !disk.isOut, fault != .powerIsLost else { return }
    // Once more, as after the end of a process.
    guard let again = try open(disk) else { return }
    try await client.check(again)
    await again.close()
    await disk.untilClosed()
  }

  /// A disk that fails once may keep a store from being opened once.
  private func open(_ disk: FaultyDisk) throws -> SQLiteStore? {
    for _ in 0..<StoreClient.tries {
      do throws(StoreError) {
        return try SQLiteStore.patient(disk.folder)
      } catch {
        if disk.isOut { return nil }
        guard error.mayRetry || error.code == "store_disk_full" else { throw error }
      }
    }
    throw Lie("it cannot be opened")
  }
}
