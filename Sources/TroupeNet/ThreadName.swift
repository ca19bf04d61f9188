// The name under which a thread shows in `top` and in debuggers.
import CLibuv
import Glibc

package enum ThreadName {
  /// Names the calling thread; 15 bytes of it show.
  package static func set(_ name: String) {
    pthread_setname_np(pthread_self(), String(decoding: name.utf8.prefix(15), as: UTF8.self))
  }
}
