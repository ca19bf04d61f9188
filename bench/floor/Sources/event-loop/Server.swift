// Ten thousand counters, each an actor on the loop's executor, found by a string and called inside the read callback.
// Request: id 8, length of the key 1, key, payload. Answer: id 8, total 8.
import CTLS
import CUV
import Foundation

actor Counter {
  private nonisolated let loop: Loop
  nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
  private var total: UInt64 = 0

  init(_ loop: Loop) { self.loop = loop }

  func add(_ payload: [UInt8]) -> UInt64 {
    total += UInt64(payload.count)
    return total
  }

  func addAsync(_ payload: [UInt8]) async -> UInt64 {
    total += UInt64(payload.count)
    return total
  }
}

final class Server: @unchecked Sendable {
  private let loop = Loop()
  private let context: OpaquePointer
  private let isAsync: Bool
  private var entities: [String: Counter] = [:]

  init(certificates: String, isAsync: Bool) {
    context = ctls_context(1, certificates)
    self.isAsync = isAsync
  }

  func run() {
    let listener = UnsafeMutablePointer<uv_tcp_t>.allocate(capacity: 1)
    uv_tcp_init(loop.handle, listener)
    listener.pointee.data = Unmanaged.passUnretained(self).toOpaque()
    var address = sockaddr_in()
    uv_ip4_addr("127.0.0.1", 0, &address)
    withUnsafeMutableBytes(of: &address) { bytes in
      let any = bytes.bindMemory(to: sockaddr.self).baseAddress!
      uv_tcp_bind(listener, any, 0)
      listener.withMemoryRebound(to: uv_stream_t.self, capacity: 1) { stream in
        _ = uv_listen(stream, 128) { stream, _ in
          Unmanaged<Server>.fromOpaque(stream!.pointee.data).takeUnretainedValue().accept(stream!)
        }
      }
      var length = Int32(bytes.count)
      uv_tcp_getsockname(listener, any, &length)
    }
    print("ready \(UInt16(bigEndian: address.sin_port))")
    fflush(nil)
    loop.run()
  }

  private func accept(_ listener: UnsafeMutablePointer<uv_stream_t>) {
    let connection = Connection(loop, context, server: true)
    connection.onFrame = { [unowned self, unowned connection] bytes, count in serve(bytes, count, connection) }
    connection.tcp.withMemoryRebound(to: uv_stream_t.self, capacity: 1) { _ = uv_accept(listener, $0) }
    connection.start()
  }

  private func serve(_ bytes: UnsafeRawPointer, _ count: Int, _ connection: Connection) {
    let id = bytes.loadUnaligned(as: UInt64.self)
    let length = Int(bytes.load(fromByteOffset: 8, as: UInt8.self))
    let key = String(decoding: UnsafeRawBufferPointer(start: bytes + 9, count: length), as: UTF8.self)
    let payload = [UInt8](UnsafeRawBufferPointer(start: bytes + 9 + length, count: count - 9 - length))
    let entity = entity(key)
    if isAsync {
      Task.immediate(executorPreference: loop) { Server.answer(id, await entity.addAsync(payload), connection) }
    } else {
      Server.answer(id, entity.assumeIsolated { $0.add(payload) }, connection)
    }
  }

  private func entity(_ key: String) -> Counter {
    if let found = entities[key] { return found }
    let made = Counter(loop)
    entities[key] = made
    return made
  }

  @inline(__always) private static func answer(_ id: UInt64, _ total: UInt64, _ connection: Connection) {
    let frame = connection.frame(16)
    frame.storeBytes(of: id, as: UInt64.self)
    frame.storeBytes(of: total, toByteOffset: 8, as: UInt64.self)
  }
}
