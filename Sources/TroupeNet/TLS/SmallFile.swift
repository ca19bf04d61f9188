// Files that are read whole, on a loop: certificates and lists. Small by their limit, so that a loop is not kept waiting.
import Glibc

/// Tells one version of a file from the next without reading it. A write, a rename over it and a link that points elsewhere all
/// change it; a file that is away is `nil`.
struct FileState: Hashable, Sendable {
  private let device: UInt64
  private let inode: UInt64
  private let size: Int64
  private let modified: [Int]

  init?(of path: String) {
    var found = stat()
    guard stat(path, &found) == 0 else { return nil }
    device = UInt64(found.st_dev)
    inode = UInt64(found.st_ino)
    size = Int64(found.st_size)
    modified = [found.st_mtim.tv_sec, found.st_mtim.tv_nsec, found.st_ctim.tv_sec, found.st_ctim.tv_nsec]
  }
}

enum SmallFile {
  /// A deny-list of some ten thousand entries; certificates are far below it.
  static let limit = 1 << 20

  struct Unreadable: Error {
    let sentence: String
  }

  static func read(_ path: String) throws(Unreadable) -> [UInt8] {
    // Without O_NONBLOCK a pipe under this name would stop the loop.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw Unreadable(sentence: String(cString: strerror(errno))) }
    defer { close(descriptor) }
    var found = stat()
    guard fstat(descriptor, &found) == 0, found.st_mode & S_IFMT == S_IFREG else { throw Unreadable(sentence: "it is no file") }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 16 << 10)
    while true {
      let count = Glibc.read(descriptor, &buffer, buffer.count)
      if count == 0 { return bytes }
      if count < 0 {
        if errno == EINTR { continue }
        throw Unreadable(sentence: String(cString: strerror(errno)))
      }
      bytes += buffer[..<count]
      guard bytes.count <= limit else { throw Unreadable(sentence: "it is larger than \(limit) bytes") }
    }
  }
}
