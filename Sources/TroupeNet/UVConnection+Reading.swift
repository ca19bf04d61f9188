// From the socket to the handler. One read fills the loop's buffer, OpenSSL decrypts it into another of the loop's, the handler
// consumes it there; only what it leaves is copied into memory of the connection's own.
import CLibuv

extension UVConnection {
  func startReading() {
    guard !isReading else { return }
    isReading = true
    let failure = uv_read_start(
      stream,
      { handle, _, buffer in
        let memory = UVConnection.of(handle?.pointee.data).loop.readBuffer
        buffer?.pointee = uv_buf_init(memory.baseAddress?.assumingMemoryBound(to: CChar.self), UInt32(memory.count))
      },
      { handle, count, _ in
        if count == 0 { return }  // nothing there after all
        let connection = UVConnection.of(handle?.pointee.data)
        connection.loop.pass { count > 0 ? connection.arrived(count) : connection.inputEnded(Int32(count)) }
      })
    if failure != 0 { end(.system(UVError.sentence(failure)), lingers: false) }
  }

  func stopReading() {
    guard isReading else { return }
    isReading = false
    uv_read_stop(stream)
  }

  func pauseReading() {
    guard !isPaused else { return }
    isPaused = true
    if state == .open { stopReading() }  // the handshake goes on
  }

  func resumeReading() {
    guard isPaused else { return }
    isPaused = false
    guard state == .handshaking || state == .open else { return }
    startReading()
    if !input.isEmpty { loop.queue.append(.call { [self] in showOwn() }) }
  }

  private func arrived(_ count: Int) {
    let bytes = UnsafeRawBufferPointer(start: loop.readBuffer.baseAddress, count: count)
    guard let tls else { return arrivedPlain(bytes) }
    tls.withInput(bytes) {
      if state == .handshaking, !shakeHands() { return }
      if state == .open { decryptAll(tls) }
    }
  }

  private func inputEnded(_ code: Int32) {
    switch code {
    case UV_EOF.rawValue where state == .handshaking: end(.handshake("the peer closed the connection during the handshake"))
    case UV_EOF.rawValue: end(.endOfFile)
    case UV_ECONNRESET.rawValue, UV_EPIPE.rawValue: end(.reset, lingers: false)
    case UV_ETIMEDOUT.rawValue: end(.timeout("the peer's system stopped answering"), lingers: false)
    default: end(.system(UVError.sentence(code)), lingers: false)
    }
  }

  // MARK: decrypting

  private func decryptAll(_ tls: TLSSession) {
    let ended: CloseReason?
    if isPaused || input.count > Self.smallLeftover {
      ended = decryptIntoOwn(tls)
      push()
      showOwn()
    } else {
      // Small leftovers move to the front of the loop's buffer and are read on there.
      let plain = loop.plainBuffer
      var filled = input.count
      if filled > 0 {
        plain.copyMemory(from: input.bytes)
        input.removeAll()
      }
      ended = decrypt(tls, into: plain, &filled)
      push()  // before any handler writes to another connection through the same buffer
      if filled > 0 { showThenKeep(UnsafeRawBufferPointer(start: plain.baseAddress, count: filled)) }
    }
    if let ended { end(ended) }
  }

  /// Returns why the stream has ended, if it has.
  @inline(__always)
  private func decrypt(_ tls: TLSSession, into plain: UnsafeMutableRawBufferPointer, _ filled: inout Int) -> CloseReason? {
    while true {
      precondition(filled < plain.count, "one read has decrypted to more than \(plain.count) bytes")
      switch tls.decrypt(into: UnsafeMutableRawBufferPointer(rebasing: plain[filled...])) {
      case .bytes(let count): filled += count
      case .wantsInput: return nil
      case .end: return .endOfFile
      case .failed(let reason): return reason
      }
    }
  }

  private func decryptIntoOwn(_ tls: TLSSession) -> CloseReason? {
    while true {
      switch tls.decrypt(into: input.room(for: TLSSession.recordSize)) {
      case .bytes(let count): input.filled(count)
      case .wantsInput: return nil
      case .end: return .endOfFile
      case .failed(let reason): return reason
      }
    }
  }

  // MARK: showing

  private func arrivedPlain(_ bytes: UnsafeRawBufferPointer) {
    if input.isEmpty, !isPaused { return showThenKeep(bytes) }
    input.append(bytes)
    showOwn()
  }

  private func showThenKeep(_ bytes: UnsafeRawBufferPointer) {
    let consumed = show(bytes)
    guard consumed < bytes.count, state == .open else { return }
    input.append(UnsafeRawBufferPointer(rebasing: bytes[consumed...]))
    checkInputLimit()
  }

  private func showOwn() {
    guard !isPaused, state == .open, !input.isEmpty else { return }
    let consumed = show(input.bytes)
    guard state == .open else { return }
    input.consume(consumed)
    checkInputLimit()
  }

  @inline(__always)
  private func show(_ bytes: UnsafeRawBufferPointer) -> Int {
    guard let handler else { return bytes.count }
    let consumed = handler.received(RawSpan(_unsafeBytes: bytes), on: self)
    precondition(consumed >= 0 && consumed <= bytes.count, "the handler consumed \(consumed) of \(bytes.count) bytes")
    return consumed
  }

  private func checkInputLimit() {
    if input.count > ConnectionLimits.input { end(.inputLimit) }
  }
}
