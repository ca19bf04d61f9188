// Names of hosts for those who open their sockets themselves.
import Glibc

extension UVLoop {
  /// Looks a host's name up on libuv's threads, which may block there; `done` hears a numeric address, or why there is none. On loop only.
  package func resolve(_ host: String, _ done: @escaping (Result<String, CloseReason>) -> Void) {
    checkIsolated()
    _ = UVResolution(self, SocketAddress(host: host, port: 0)) { found in
      done(found.map { SocketAddress($0)?.host ?? host })
    }
  }
}
