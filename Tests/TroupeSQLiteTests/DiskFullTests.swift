// The disk is full: said by name, nothing acknowledged is lost, and it goes on when there is room again.
import Foundation
import Testing
import TroupeCluster
import TroupeJournal
import TroupeSQLite

@Suite struct DiskFullTests {
  @Test("a full disk is named, and the store recovers", .enabled(if: SmallDisk.isPossible, "mounting needs root"))
  func full() async throws {
    let disk = try SmallDisk(megabytes: 3)
    let store = try SQLiteStore.patient(disk.path)
    let head = try await store.raiseFence(3, writer: WriterID(1))
    var end: UInt64 = 0
    var error: StoreError?
    while error == nil && end < 100_000 {
      do throws(StoreError) {
        #expect(try await store.append([.one(head, from: end)]) == [.appended(Offset(end + 1))])
        end += 1
      } catch let thrown {
        error = thrown
      }
    }
    #expect(error?.code == "store_disk_full" && error?.outcomeIsUnknown == false)
    #expect(end > 100)
    #expect(try await store.readTail(3, from: Offset(0)).count == Int(end), "what was acknowledged, and nothing else")
    await #expect(throws: StoreError.self) { try await store.append([.one(head, from: end)]) }

    try disk.grow(megabytes: 64)
    #expect(try await store.append([.one(head, from: end)]) == [.appended(Offset(end + 1))])
    await store.close()
    let again = try SQLiteStore.patient(disk.path)
    #expect(try await again.readTail(3, from: Offset(0)).count == Int(end + 1))
    await again.close()
  }
}

/// A file system in memory, of a size.
final class SmallDisk: Sendable {
  static var isPossible: Bool {
    guard let disk = try? SmallDisk(megabytes: 1) else { return false }
    _ = disk
    return true
  }

  let path = ScratchDirectory().path

  init(megabytes: Int) throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    guard mount("tmpfs", path, "tmpfs", 0, "size=\(megabytes)m") == 0 else { throw POSIXError(.EPERM) }
  }

  func grow(megabytes: Int) throws {
    guard mount("tmpfs", path, "tmpfs", UInt(MS_REMOUNT), "size=\(megabytes)m") == 0 else { throw POSIXError(.EPERM) }
  }

  deinit {
    umount2(path, Int32(MNT_DETACH))
    try? FileManager.default.removeItem(atPath: path)
  }
}
