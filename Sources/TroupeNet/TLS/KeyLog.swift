// The secrets of connections in a file, for a developer who reads a capture of his own traffic. Off unless it is asked for.
import Glibc

/// A file in the format of `SSLKEYLOGFILE`, which Wireshark takes. Readable by its owner alone.
final class KeyLog: Sendable {
  private let descriptor: Int32

  init(_ path: String) throws(NetError) {
    descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw .keyLog(path, String(cString: strerror(errno))) }
    // A file that was there may have another mode.
    guard fchmod(descriptor, 0o600) == 0 else {
      let why = String(cString: strerror(errno))
      close(descriptor)
      throw .keyLog(path, why)
    }
  }

  deinit { close(descriptor) }

  /// One line, in one write: loops share the file. A line that the disk does not take makes a capture unreadable and nothing else.
  func write(_ line: UnsafePointer<CChar>) {
    var bytes = Array(String(cString: line).utf8)
    bytes.append(UInt8(ascii: "\n"))
    _ = Glibc.write(descriptor, bytes, bytes.count)
  }
}
