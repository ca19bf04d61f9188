// Turning a host's name into an address, on libuv's pool of threads.
import CLibuv
import Glibc

final class UVResolution {
  private let request = UnsafeMutablePointer<uv_getaddrinfo_t>.allocate(capacity: 1)
  private let loop: UVLoop
  private let address: SocketAddress
  private var done: ((Result<sockaddr_storage, CloseReason>) -> Void)?

  /// Calls `done` once, in a later step of the loop, unless cancelled.
  init(_ loop: UVLoop, _ address: SocketAddress, done: @escaping (Result<sockaddr_storage, CloseReason>) -> Void) {
    self.loop = loop
    self.address = address
    self.done = done
    request.pointee.data = Unmanaged.passRetained(self).toOpaque()  // until libuv has called back
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    let failure = uv_getaddrinfo(loop.uv, request, { UVResolution.finished($0, $1, $2) }, address.host, String(address.port), &hints)
    if failure != 0 { loop.queue.append(.call { UVResolution.finished(self.request, failure, nil) }) }
  }

  deinit { request.deallocate() }

  func cancel() {
    done = nil
    _ = UnsafeMutableRawPointer(request).withMemoryRebound(to: uv_req_t.self, capacity: 1) { uv_cancel($0) }
  }

  private static func finished(
    _ request: UnsafeMutablePointer<uv_getaddrinfo_t>?, _ status: Int32, _ found: UnsafeMutablePointer<addrinfo>?
  ) {
    defer { uv_freeaddrinfo(found) }
    guard let data = request?.pointee.data else { return }
    let resolution = Unmanaged<UVResolution>.fromOpaque(data).takeRetainedValue()
    resolution.loop.pass { resolution.finish(status, found) }
  }

  private func finish(_ status: Int32, _ found: UnsafeMutablePointer<addrinfo>?) {
    guard let done else { return }
    self.done = nil
    guard status == 0, let first = found?.pointee, let source = first.ai_addr else {
      return done(.failure(.unreachable("\(address): the name could not be resolved: \(UVError.sentence(status))")))
    }
    var storage = sockaddr_storage()
    withUnsafeMutableBytes(of: &storage) { target in
      target.copyMemory(from: UnsafeRawBufferPointer(start: source, count: min(Int(first.ai_addrlen), target.count)))
    }
    done(.success(storage))
  }
}
