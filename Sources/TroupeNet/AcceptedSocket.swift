// Taking the next connection from a listening socket: the one call that every listener needs, ours and the fault proxy's.
import CLibuv
import Glibc

/// What accepting came to.
package enum AcceptedSocket {
  /// A connected socket that does not block and that no child process inherits.
  case connection(Int32, from: sockaddr_storage)
  /// Nobody waits.
  case nobody
  /// The system has no descriptors or no memory left, by this errno: rest a moment.
  case exhausted(Int32)

  package static func next(of descriptor: Int32) -> AcceptedSocket {
    while true {
      var storage = sockaddr_storage()
      var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
      let accepted = withUnsafeMutablePointer(to: &storage) {
        accept4(
          descriptor, UnsafeMutableRawPointer($0).assumingMemoryBound(to: sockaddr.self), &length,
          Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue))
      }
      if accepted >= 0 { return .connection(accepted, from: storage) }
      switch errno {
      case EINTR, ECONNABORTED, EPROTO: continue
      case EMFILE, ENFILE, ENOBUFS, ENOMEM: return .exhausted(errno)
      default: return .nobody
      }
    }
  }
}
