// One `up` a data directory. The kernel drops the lock with the process, however it ends, so a stale lock file is no lock;
// the process id in it is only for the sentence that a second `up` prints. Held until it is released from memory.

import Foundation

final class DirectoryLock: Sendable {
  private let descriptor: Int32

  private init(descriptor: Int32) {
    self.descriptor = descriptor
  }

  /// Takes the lock and leaves this process's id in it, or says who holds it.
  static func take(_ directory: DataDirectory) throws(Refusal) -> DirectoryLock {
    let descriptor = open(directory.lock, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw Refusal("\(directory.path) is not writable (\(SystemError.last)): choose another directory with --data.")
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      close(descriptor)
      let holder = (try? String(contentsOfFile: directory.lock, encoding: .utf8))?.trimmingCharacters(in: .whitespacesAndNewlines)
      let process = holder.flatMap { $0.isEmpty ? nil : " (process \($0))" } ?? ""
      throw Refusal("shopstream is running already in \(directory.path)\(process): try 'shopstream status', or stop it first.")
    }
    ftruncate(descriptor, 0)
    let line = "\(getpid())\n"
    guard line.withCString({ write(descriptor, $0, line.utf8.count) }) == line.utf8.count else {
      close(descriptor)
      throw Refusal("\(directory.lock) cannot be written (\(SystemError.last)).")
    }
    return DirectoryLock(descriptor: descriptor)
  }

  deinit {
    close(descriptor)
  }
}
