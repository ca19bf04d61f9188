// Where SQLite meets `FaultyDisk`: a virtual file system in front of its own one, the default in this process. Files outside of the test's
// folders never notice: they are opened by the real one as if this did not exist. Locks and shared memory stay the real one's.
import GRDBSQLite
import Glibc
import Synchronization

enum FaultyVFS {
  private static let disks = Mutex<[String: FaultyDisk]>([:])

  // Sound: found before ours is registered, never changed, and SQLite's file systems are for all threads.
  nonisolated(unsafe) private static let real: UnsafeMutablePointer<sqlite3_vfs> = sqlite3_vfs_find(nil)

  /// From now on the disk stands behind its folder.
  static func add(_ disk: FaultyDisk) {
    _ = isRegistered
    disks.withLock { $0[disk.folder] = disk }
  }

  /// Once nothing of it is open.
  static func remove(_ disk: FaultyDisk) { disks.withLock { $0[disk.folder] = nil } }

  private static func disk(of path: String) -> FaultyDisk? {
    path.lastIndex(of: "/").flatMap { end in disks.withLock { $0[String(path[..<end])] } }
  }

  private static let isRegistered: Bool = {
    let ours = UnsafeMutablePointer<sqlite3_vfs>.allocate(capacity: 1)
    // Its other functions look at nothing of it but what is copied here.
    ours.initialize(to: real.pointee)
    ours.pointee.pNext = nil
    ours.pointee.zName = UnsafePointer(strdup("faulty"))
    ours.pointee.szOsFile = Int32(FaultyFile.headerSize) + real.pointee.szOsFile
    ours.pointee.xOpen = { _, path, file, flags, outFlags in FaultyVFS.open(path, file!, flags, outFlags) }
    ours.pointee.xDelete = { _, path, withFolder in FaultyVFS.delete(path, withFolder) }
    return sqlite3_vfs_register(ours, 1) == SQLITE_OK
  }()

  private static func open(
    _ path: UnsafePointer<CChar>?, _ file: UnsafeMutablePointer<sqlite3_file>, _ flags: Int32, _ outFlags: UnsafeMutablePointer<Int32>?
  ) -> Int32 {
    guard let path, let disk = disk(of: String(cString: path)) else { return real.pointee.xOpen(real, path, file, flags, outFlags) }
    file.pointee.pMethods = nil
    let inner = FaultyFile.real(file)
    inner.pointee.pMethods = nil
    guard let (number, code) = disk.open(String(cString: path), { real.pointee.xOpen(real, path, inner, flags, outFlags) }) else {
      return SQLITE_CANTOPEN
    }
    guard code == SQLITE_OK else { return code }
    // As SQLite's own: the folder is synced with the first sync of a log or a journal.
    let isLog = flags & SQLITE_OPEN_CREATE != 0 && flags & (SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL) != 0
    FaultyFile.begin(file, FaultyFile.Handle(disk: disk, number: number, syncsFolder: isLog))
    return SQLITE_OK
  }

  private static func delete(_ path: UnsafePointer<CChar>?, _ withFolder: Int32) -> Int32 {
    guard let path, let disk = disk(of: String(cString: path)) else { return real.pointee.xDelete(real, path, withFolder) }
    let code = disk.delete(String(cString: path), withFolder: withFolder != 0) { real.pointee.xDelete(real, path, 0) }
    return code ?? IOError.delete
  }
}
