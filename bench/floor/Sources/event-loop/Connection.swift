// One TLS connection on a loop: frames of a 32-bit length and so many bytes, in and out.
import CTLS
import CUV
import Foundation

final class Connection: @unchecked Sendable {
  private static let bufferSize = 1 << 20
  private static let readSize = 65_536
  /// What one TLS record holds.
  private static let recordSize = 16_384

  let loop: Loop
  let tcp = UnsafeMutablePointer<uv_tcp_t>.allocate(capacity: 1)
  private let tls: OpaquePointer
  private var cipherIn: OpaquePointer?
  private var cipherOut: OpaquePointer?
  private var isOpen = false
  private var isUnflushed = false
  private let output = UnsafeMutableRawPointer.allocate(byteCount: bufferSize, alignment: 16)
  private var outputCount = 0
  private let input = UnsafeMutableRawPointer.allocate(byteCount: bufferSize, alignment: 16)
  private var inputCount = 0
  private let chunk = UnsafeMutableRawPointer.allocate(byteCount: readSize, alignment: 16)
  var onFrame: ((UnsafeRawPointer, Int) -> Void)!
  var onOpen: (() -> Void)?
  var onEnd: (() -> Void)?

  init(_ loop: Loop, _ context: OpaquePointer, server: Bool) {
    self.loop = loop
    tls = ctls_memory(context, server ? 1 : 0, &cipherIn, &cipherOut)
    uv_tcp_init(loop.handle, tcp)
    uv_tcp_nodelay(tcp, 1)
    tcp.pointee.data = Unmanaged.passRetained(self).toOpaque()
  }

  func start() {
    tcp.withMemoryRebound(to: uv_stream_t.self, capacity: 1) { stream in
      _ = uv_read_start(
        stream,
        { handle, _, buffer in
          let connection = Unmanaged<Connection>.fromOpaque(handle!.pointee.data).takeUnretainedValue()
          buffer!.pointee.base = connection.chunk.assumingMemoryBound(to: CChar.self)
          buffer!.pointee.len = Connection.readSize
        },
        { handle, count, _ in
          let connection = Unmanaged<Connection>.fromOpaque(handle!.pointee.data).takeUnretainedValue()
          if count > 0 { return connection.received(count) }
          if count < 0 {
            _ = uv_read_stop(handle)
            connection.onEnd?()
          }
        })
    }
    shakeHands()
  }

  private func shakeHands() {
    guard !isOpen else { return }
    isOpen = ctls_handshake(tls) == 1
    writeCipher()
    if isOpen { onOpen?() }
  }

  private func received(_ count: Int) {
    _ = ctls_put(cipherIn, chunk, Int32(count))
    shakeHands()
    guard isOpen else { return }
    while true {
      let count = ctls_read(tls, input + inputCount, Int32(Connection.bufferSize - inputCount))
      if count <= 0 { break }
      inputCount += Int(count)
      takeFrames()
    }
    loop.drain()
  }

  private func takeFrames() {
    var offset = 0
    while inputCount - offset >= 4 {
      let length = Int((input + offset).loadUnaligned(as: UInt32.self))
      if inputCount - offset - 4 < length { break }
      onFrame(UnsafeRawPointer(input + offset + 4), length)
      offset += 4 + length
    }
    if offset > 0 {
      if inputCount > offset { memmove(input, input + offset, inputCount - offset) }
      inputCount -= offset
    }
  }

  /// Room for a frame of `count` bytes, which leaves with the next flush.
  @inline(__always) func frame(_ count: Int) -> UnsafeMutableRawPointer {
    if outputCount + count + 4 > Connection.bufferSize { flush() }
    if !isUnflushed {
      isUnflushed = true
      loop.unflushed.append(self)
    }
    (output + outputCount).storeBytes(of: UInt32(count), as: UInt32.self)
    let place = output + outputCount + 4
    outputCount += count + 4
    return place
  }

  func flush() {
    isUnflushed = false
    var offset = 0
    while offset < outputCount {
      let count = min(Connection.recordSize, outputCount - offset)
      _ = ctls_write(tls, output + offset, Int32(count))
      offset += count
    }
    outputCount = 0
    writeCipher()
  }

  private func writeCipher() {
    let count = Int(ctls_pending(cipherOut))
    if count == 0 { return }
    let bytes = UnsafeMutableRawPointer.allocate(byteCount: count, alignment: 16)
    _ = ctls_take(cipherOut, bytes, Int32(count))
    tcp.withMemoryRebound(to: uv_stream_t.self, capacity: 1) { stream in
      var buffer = uv_buf_init(bytes.assumingMemoryBound(to: CChar.self), UInt32(count))
      let written = max(0, Int(uv_try_write(stream, &buffer, 1)))
      if written == count { return bytes.deallocate() }
      let request = UnsafeMutablePointer<uv_write_t>.allocate(capacity: 1)
      request.pointee.data = bytes
      var rest = uv_buf_init((bytes + written).assumingMemoryBound(to: CChar.self), UInt32(count - written))
      uv_write(request, stream, &rest, 1) { request, _ in
        request!.pointee.data.deallocate()
        request!.deallocate()
      }
    }
  }
}
