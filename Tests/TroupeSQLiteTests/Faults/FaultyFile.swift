// An open file of a `FaultyDisk` as SQLite holds it: a header of ours, and behind it the real file, in SQLite's memory.
import GRDBSQLite
import Synchronization

enum FaultyFile {
  final class Handle: Sendable {
    let disk: FaultyDisk
    let number: Int
    private let state: Mutex<(syncsFolder: Bool, toldErrors: Int)>

    init(disk: FaultyDisk, number: Int, syncsFolder: Bool) {
      self.disk = disk
      self.number = number
      state = Mutex((syncsFolder, disk.errors(of: number)))
    }

    func sync() -> Bool {
      state.withLock { state in
        guard disk.sync(number, withFolder: state.syncsFolder, told: &state.toldErrors) else { return false }
        state.syncsFolder = false
        return true
      }
    }
  }

  private struct Header {
    var file: sqlite3_file
    var handle: Unmanaged<Handle>
  }

  /// What the real file begins behind; as aligned as SQLite's own memory.
  static let headerSize = (MemoryLayout<Header>.size + 15) / 16 * 16

  typealias File = UnsafeMutablePointer<sqlite3_file>

  static func real(_ file: File) -> File {
    (UnsafeMutableRawPointer(file) + headerSize).assumingMemoryBound(to: sqlite3_file.self)
  }

  /// SQLite calls `xClose` once for every file that this began.
  static func begin(_ file: File, _ handle: Handle) {
    let header = Header(file: sqlite3_file(pMethods: UnsafePointer(methods)), handle: .passRetained(handle))
    UnsafeMutableRawPointer(file).assumingMemoryBound(to: Header.self).initialize(to: header)
  }

  private static func handle(_ file: File) -> Unmanaged<Handle> {
    UnsafeMutableRawPointer(file).assumingMemoryBound(to: Header.self).pointee.handle
  }

  private static func disk(_ file: File) -> FaultyDisk { handle(file).takeUnretainedValue().disk }

  // Sound: written once, before anybody sees it.
  nonisolated(unsafe) private static let methods: UnsafeMutablePointer<sqlite3_io_methods> = {
    var ours = sqlite3_io_methods()
    // With shared memory, for a write-ahead log, and without mapped pages: each read and write passes here.
    ours.iVersion = 2
    ours.xClose = { FaultyFile.close($0!) }
    ours.xRead = { file, bytes, count, place in FaultyFile.read(file!, bytes!, count, place) }
    ours.xWrite = { file, bytes, count, place in FaultyFile.write(file!, bytes!, count, place) }
    ours.xTruncate = { file, size in FaultyFile.truncate(file!, size) }
    ours.xSync = { file, _ in FaultyFile.handle(file!).takeUnretainedValue().sync() ? SQLITE_OK : IOError.sync }
    ours.xFileSize = { file, size in
      FaultyFile.disk(file!).read { FaultyFile.real(file!).pointee.pMethods.pointee.xFileSize(FaultyFile.real(file!), size) }
        ?? IOError.size
    }
    ours.xLock = { FaultyFile.real($0!).pointee.pMethods.pointee.xLock(FaultyFile.real($0!), $1) }
    ours.xUnlock = { FaultyFile.real($0!).pointee.pMethods.pointee.xUnlock(FaultyFile.real($0!), $1) }
    ours.xCheckReservedLock = { FaultyFile.real($0!).pointee.pMethods.pointee.xCheckReservedLock(FaultyFile.real($0!), $1) }
    ours.xFileControl = { FaultyFile.real($0!).pointee.pMethods.pointee.xFileControl(FaultyFile.real($0!), $1, $2) }
    ours.xSectorSize = { FaultyFile.real($0!).pointee.pMethods.pointee.xSectorSize(FaultyFile.real($0!)) }
    ours.xDeviceCharacteristics = { FaultyFile.real($0!).pointee.pMethods.pointee.xDeviceCharacteristics(FaultyFile.real($0!)) }
    ours.xShmMap = { FaultyFile.real($0!).pointee.pMethods.pointee.xShmMap(FaultyFile.real($0!), $1, $2, $3, $4) }
    ours.xShmLock = { FaultyFile.real($0!).pointee.pMethods.pointee.xShmLock(FaultyFile.real($0!), $1, $2, $3) }
    ours.xShmBarrier = { FaultyFile.real($0!).pointee.pMethods.pointee.xShmBarrier(FaultyFile.real($0!)) }
    ours.xShmUnmap = { FaultyFile.real($0!).pointee.pMethods.pointee.xShmUnmap(FaultyFile.real($0!), $1) }
    let place = UnsafeMutablePointer<sqlite3_io_methods>.allocate(capacity: 1)
    place.initialize(to: ours)
    return place
  }()

  // MARK: What passes the disk

  private static func close(_ file: File) -> Int32 {
    let handle = handle(file).takeRetainedValue()
    let code = real(file).pointee.pMethods.pointee.xClose(real(file))
    handle.disk.closed()
    return code
  }

  private static func read(_ file: File, _ bytes: UnsafeMutableRawPointer, _ count: Int32, _ place: Int64) -> Int32 {
    disk(file).read { real(file).pointee.pMethods.pointee.xRead(real(file), bytes, count, place) } ?? IOError.read
  }

  private static func write(_ file: File, _ bytes: UnsafeRawPointer, _ count: Int32, _ place: Int64) -> Int32 {
    let copy = [UInt8](UnsafeRawBufferPointer(start: bytes, count: Int(count)))
    return change(file, .write(copy, at: Int(place)), else: IOError.write)
  }

  private static func truncate(_ file: File, _ size: Int64) -> Int32 {
    change(file, .truncate(to: Int(size)), else: IOError.truncate)
  }

  private static func change(_ file: File, _ change: DiskFile.Change, else failure: Int32) -> Int32 {
    let handle = handle(file).takeUnretainedValue()
    let result = handle.disk.change(handle.number, change) { change in
      switch change {
      case .write(let bytes, let place):
        bytes.withUnsafeBytes {
          // SQLite's own takes no empty write.
          $0.isEmpty ? SQLITE_OK : real(file).pointee.pMethods.pointee.xWrite(real(file), $0.baseAddress, Int32($0.count), Int64(place))
        }
      case .truncate(let size): real(file).pointee.pMethods.pointee.xTruncate(real(file), Int64(size))
      }
    }
    return switch result {
    case .success(let code): code
    case .failure(.isFull): SQLITE_FULL
    case .failure: failure
    }
  }
}
