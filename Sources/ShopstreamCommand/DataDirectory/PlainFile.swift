// Files that are either whole or not there: written beside, then renamed. Keys are private from their first byte on.

import Foundation

enum PlainFile {
  /// Readable by the owner only, for keys.
  static let privateMode: mode_t = 0o600
  static let publicMode: mode_t = 0o644

  static func write(_ text: String, to path: String, mode: mode_t = publicMode) throws(Refusal) {
    let beside = "\(path).\(getpid()).new"
    let descriptor = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
    guard descriptor >= 0 else { throw Refusal("\(path) cannot be written (\(SystemError.last)).") }
    do {
      let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
      try file.write(contentsOf: Data(text.utf8))
      try file.synchronize()
      try file.close()
    } catch {
      unlink(beside)
      throw Refusal("\(path) cannot be written (\(SystemError.last)).")
    }
    guard rename(beside, path) == 0 else {
      let reason = SystemError.last
      unlink(beside)
      throw Refusal("\(path) cannot be written (\(reason)).")
    }
  }

  /// Also makes the folders above it; only the last is private.
  static func makeFolder(_ path: String) throws(Refusal) {
    do {
      try FileManager.default.createDirectory(
        atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    } catch {
      throw Refusal("The folder \(path) cannot be made (\(SystemError.describe(error))).")
    }
  }
}
