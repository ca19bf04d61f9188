// From `send` to the kernel: encrypted into the loop's buffer, offered to the kernel at once; what it does not take waits in
// chunks, one write of up to four of them under way.
import CLibuv

extension UVConnection {
  func send(_ bytes: RawSpan) {
    precondition(state.rawValue >= State.open.rawValue, "send before opened")
    guard state == .open else { return }
    bytes.withUnsafeBytes { source in
      if let tls { encrypt(source, tls) } else { write(source) }
    }
  }

  private func encrypt(_ source: UnsafeRawBufferPointer, _ tls: TLSSession) {
    precondition(loop.wire.count == 0, "\(loop.wire.count) bytes of another connection are still in the loop's buffer")
    var offset = 0
    while offset < source.count, state == .open {
      let size = min(TLSSession.recordSize, source.count - offset)
      if let failure = tls.encrypt(UnsafeRawBufferPointer(rebasing: source[offset..<offset + size])) {
        loop.wire.clear()
        return end(failure, lingers: false)
      }
      offset += size
      if loop.wire.count >= Self.writeSize { push() }
    }
    push()
  }

  /// Sends what OpenSSL has put into the loop's buffer. Must follow every call into OpenSSL before anyone else can write.
  @inline(__always)
  func push() {
    let wire = loop.wire
    guard wire.count > 0 else { return }
    if state != .closed { write(wire.bytes) }
    wire.clear()
  }

  private func write(_ bytes: UnsafeRawBufferPointer) {
    var rest = bytes
    if output.isEmpty {
      var buffer = uv_buf_init(
        UnsafeMutableRawPointer(mutating: bytes.baseAddress)?.assumingMemoryBound(to: CChar.self), UInt32(bytes.count))
      let taken = Int(uv_try_write(stream, &buffer, 1))
      if taken == bytes.count { return }
      if taken >= 0 {
        rest = UnsafeRawBufferPointer(rebasing: bytes[taken...])
      } else if taken != Int(UV_EAGAIN.rawValue) {
        return end(.reset, lingers: false)
      }
    }
    output.append(rest)
    if output.count > ConnectionLimits.output { return end(.outputLimit, lingers: false) }
    if output.count > ConnectionLimits.lowWater { wasAboveLowWater = true }
    if bytesInFlight == 0 { writeNext() }
  }

  private func writeNext() {
    let failure = output.withFirst { buffers, bytes in
      bytesInFlight = bytes
      return uv_write(writeRequest, stream, buffers.baseAddress, UInt32(buffers.count)) { request, status in
        let connection = UVConnection.of(request?.pointee.data)
        connection.loop.pass { connection.written(status) }
      }
    }
    if failure != 0 { end(.reset, lingers: false) }
  }

  private func written(_ status: Int32) {
    let sent = bytesInFlight
    bytesInFlight = 0
    guard state != .closed else { return }
    if status != 0 { return end(.reset, lingers: false) }
    output.drop(sent)
    if !output.isEmpty {
      writeNext()
    } else if state == .closing {
      return letGo()
    }
    if wasAboveLowWater, output.count < ConnectionLimits.lowWater, state == .open {
      wasAboveLowWater = false
      handler?.drained(self)
    }
  }
}
