// So many calls in flight on one connection, so many in all; prints one line of JSON.
import CTLS
import CUV
import Foundation

final class Client: @unchecked Sendable {
  private static let entities = 10_000
  private let loop = Loop()
  private let connection: Connection
  private let inFlight: Int
  private let calls: Int
  private let payload = [UInt8](repeating: 7, count: 100)
  private var waiting: [UInt64: UnsafeContinuation<UInt64, Never>] = [:]
  private var lastID: UInt64 = 0
  private var latencies: [UInt64] = []

  init(certificates: String, inFlight: Int, calls: Int) {
    connection = Connection(loop, ctls_context(0, certificates), server: false)
    self.inFlight = inFlight
    self.calls = calls
  }

  func run(port: Int32) {
    connection.onFrame = { [unowned self] bytes, _ in
      let id = bytes.loadUnaligned(as: UInt64.self)
      waiting.removeValue(forKey: id)!.resume(returning: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
    }
    connection.onEnd = { exit(1) }
    connection.onOpen = { [self] in
      Task(executorPreference: loop) { [self] in
        await round(calls: max(inFlight, calls / 10))  // connection, entities and code warm
        latencies.removeAll(keepingCapacity: true)
        latencies.reserveCapacity(calls)
        let started = uv_hrtime()
        await round(calls: calls)
        report(seconds: Double(uv_hrtime() - started) / 1e9)
        exit(0)
      }
    }
    var address = sockaddr_in()
    uv_ip4_addr("127.0.0.1", port, &address)
    let request = UnsafeMutablePointer<uv_connect_t>.allocate(capacity: 1)
    request.pointee.data = Unmanaged.passUnretained(connection).toOpaque()
    withUnsafeBytes(of: &address) {
      _ = uv_tcp_connect(request, connection.tcp, $0.bindMemory(to: sockaddr.self).baseAddress!) { request, status in
        guard status == 0 else { fatalError("cannot connect: \(String(cString: uv_strerror(status)))") }
        Unmanaged<Connection>.fromOpaque(request!.pointee.data).takeUnretainedValue().start()
      }
    }
    loop.run()
  }

  private func round(calls: Int) async {
    await withTaskGroup(of: Void.self) { group in
      for worker in 0..<inFlight {
        group.addTask(executorPreference: loop) { [self] in
          var next = worker
          for _ in 0..<(calls / inFlight) {
            next &+= 7919
            let started = uv_hrtime()
            _ = await call("entity-\(100_000 + next % Client.entities)-abcdef")
            latencies.append(uv_hrtime() - started)
          }
        }
      }
    }
  }

  private func call(_ key: String) async -> UInt64 {
    await withUnsafeContinuation { continuation in
      lastID += 1
      waiting[lastID] = continuation
      let length = key.utf8.count
      let frame = connection.frame(9 + length + payload.count)
      frame.storeBytes(of: lastID, as: UInt64.self)
      frame.storeBytes(of: UInt8(length), toByteOffset: 8, as: UInt8.self)
      var offset = 9
      for byte in key.utf8 {
        frame.storeBytes(of: byte, toByteOffset: offset, as: UInt8.self)
        offset += 1
      }
      payload.withUnsafeBytes { (frame + offset).copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
    }
  }

  private func report(seconds: Double) {
    latencies.sort()
    let p50 = Double(latencies[latencies.count / 2]) / 1e3
    let p99 = Double(latencies[latencies.count * 99 / 100]) / 1e3
    print(#"{"calls": \#(latencies.count), "seconds": \#(seconds), "p50_us": \#(p50), "p99_us": \#(p99)}"#)
    fflush(nil)
  }
}
