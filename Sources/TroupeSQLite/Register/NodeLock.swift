// A node's name as a locked file in the store's directory. The kernel lets go of the lock when the process is gone, and not before: who
// gets it knows that those who wrote their incarnations into the file before are.
import Glibc
import TroupeCluster
import TroupeJournal

final class NodeLock: NodeClaim {
  /// Incarnations that the file remembers: starts since a member of that name was last seen.
  private static let remembered = 64

  let ended: [Incarnation]
  private let file: Int32

  private init(_ file: Int32, ended: [Incarnation]) { (self.file, self.ended) = (file, ended) }

  /// Nil while another process has it, or this one already.
  static func take(_ node: NodeID, _ incarnation: Incarnation, in directory: String) throws(StoreError) -> NodeLock? {
    let folder = directory + "/nodes"
    let path = folder + "/" + fileName(of: node)
    guard mkdir(folder, 0o700) == 0 || errno == EEXIST else { throw failure(folder) }
    let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw failure(path) }
    guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
      let reason = errno
      close(file)
      if reason == EWOULDBLOCK { return nil }
      throw failure(path, reason)
    }
    let ended = read(file)
    guard write(ended.suffix(remembered - 1) + [incarnation], to: file) else {
      let reason = errno
      close(file)
      throw failure(path, reason)
    }
    return NodeLock(file, ended: ended)
  }

  func release() { close(file) }

  /// Names are bytes; a file's name is spelled with few of them.
  private static func fileName(of node: NodeID) -> String {
    node.value.utf8.map { byte in
      let isPlain = (0x30...0x39).contains(byte) || (0x61...0x7a).contains(byte) || byte == 0x2d
      return isPlain ? String(UnicodeScalar(byte)) : "%" + String(byte, radix: 16)
    }.joined()
  }

  private static func read(_ file: Int32) -> [Incarnation] {
    var bytes = [UInt8](repeating: 0, count: remembered * 17)
    let count = pread(file, &bytes, bytes.count, 0)
    return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self).split(separator: "\n").compactMap { UInt64($0, radix: 16) }.map {
      Incarnation($0)
    }
  }

  private static func write(_ incarnations: [Incarnation], to file: Int32) -> Bool {
    let text = Array(incarnations.map { "\($0)\n" }.joined().utf8)
    return pwrite(file, text, text.count, 0) == text.count && ftruncate(file, off_t(text.count)) == 0
  }

  private static func failure(_ path: String, _ reason: Int32 = errno) -> StoreError {
    .unavailable("\(path): \(String(cString: strerror(reason)))")
  }
}
