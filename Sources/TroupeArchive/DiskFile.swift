// Files that are either whole and on the disk or not there at all; and reading them.

import Glibc
import TroupeJournal

enum DiskFile {
  /// Written beside, flushed, renamed, and the folder flushed: when this returns, a loss of power takes nothing back.
  static func write(_ bytes: [UInt8], named name: String, in folder: String) throws(StoreError) {
    let path = folder + "/" + name
    let beside = "\(path).\(getpid()).new"
    let file = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw failure(path) }
    let isWritten = writeAll(bytes, to: file) && fsync(file) == 0
    let reason = errno
    close(file)
    guard isWritten else {
      unlink(beside)
      throw failure(path, reason)
    }
    guard rename(beside, path) == 0 else {
      let reason = errno
      unlink(beside)
      throw failure(path, reason)
    }
    try flush(folder)
  }

  private static func writeAll(_ bytes: [UInt8], to file: Int32) -> Bool {
    bytes.withUnsafeBytes { bytes in
      var done = 0
      while done < bytes.count {
        let count = Glibc.write(file, bytes.baseAddress! + done, bytes.count - done)
        if count < 0 && errno == EINTR { continue }
        guard count > 0 else { return false }
        done += count
      }
      return true
    }
  }

  private static func flush(_ folder: String) throws(StoreError) {
    let file = open(folder, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw failure(folder) }
    defer { close(file) }
    guard fsync(file) == 0 else { throw failure(folder) }
  }

  static func makeFolder(_ path: String) throws(StoreError) {
    guard mkdir(path, 0o700) != 0, errno != EEXIST else { return }
    throw failure(path)
  }

  /// Nil when there is none.
  static func read(_ path: String) throws(StoreError) -> [UInt8]? {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else {
      if errno == ENOENT { return nil }
      throw failure(path)
    }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0 else { throw failure(path) }
    var reason: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: Int(status.st_size)) { buffer, count in
      while count < buffer.count {
        let read = Glibc.read(file, buffer.baseAddress! + count, buffer.count - count)
        if read < 0 && errno == EINTR { continue }
        if read < 0 { reason = errno }
        guard read > 0 else { break }
        count += read
      }
    }
    guard reason == 0 else { throw failure(path, reason) }
    return bytes
  }

  /// Names in a folder, in no order; empty when there is none.
  static func list(_ path: String) throws(StoreError) -> [String] {
    guard let folder = opendir(path) else {
      if errno == ENOENT { return [] }
      throw failure(path)
    }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      names.append(
        withUnsafePointer(to: &entry.pointee.d_name) { $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) } })
    }
    return names
  }

  private static func failure(_ path: String, _ reason: Int32 = errno) -> StoreError {
    let text = "\(path): \(String(cString: strerror(reason)))"
    return reason == ENOSPC || reason == EDQUOT ? .diskFull(text) : .unavailable(text)
  }
}
