// The file of a write-ahead log, written with zeros before it is written with pages. Flushing bytes that the file had before is one write
// of the disk; flushing bytes that make it longer writes what the file system knows of the file as well, and takes twice as long.
// SQLite ends the log at the first frame that is not one, and zeros are none.
import GRDBSQLite
import Glibc

struct WriteAheadSpace {
  private static let header: Int64 = 32
  /// A page and what stands before it.
  private static let frame: Int64 = 4_096 + 24
  /// Bytes that are always there behind the last frame, and by how many the file grows.
  private static let ahead: Int64 = 256 << 10
  private static let step: Int64 = 1 << 20
  /// SQLite's own file system writes 128 KiB at once at the most, and takes more for a full disk.
  private static let piece: Int64 = 64 << 10

  private let connection: OpaquePointer
  /// As far as the file is known to reach, or as it was once tried to.
  private var end: Int64 = 0

  init(_ connection: OpaquePointer) {
    self.connection = connection
  }

  /// While nobody else may write.
  mutating func reach(behind pages: Int32) {
    let wanted = Self.header + Int64(pages) * Self.frame + Self.ahead
    guard wanted > end else { return }
    var file: UnsafeMutablePointer<sqlite3_file>?
    var size: Int64 = 0
    guard sqlite3_file_control(connection, "main", SQLITE_FCNTL_JOURNAL_POINTER, &file) == SQLITE_OK, let file,
      let methods = file.pointee.pMethods, methods.pointee.xFileSize(file, &size) == SQLITE_OK
    else { return }
    end = size
    guard wanted > size else { return }
    end = size + Self.step
    guard let zeros = calloc(1, Int(Self.piece)) else { return }
    defer { free(zeros) }
    for offset in stride(from: size, to: end, by: Int(Self.piece)) {
      if methods.pointee.xWrite(file, zeros, Int32(Self.piece), offset) == SQLITE_OK { continue }
      // A full disk keeps its last bytes for those who need them; the log grows as it always could.
      _ = methods.pointee.xTruncate(file, size)
      return
    }
  }
}
