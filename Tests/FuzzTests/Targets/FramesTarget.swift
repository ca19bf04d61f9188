// Streams of frames into an open link: every decoder, every piece of what keeps, chunks and compresses.
//
// Promises: the link ends with a named reason or goes on; nothing is heard after its end; each of its calls ends; what it sends is well
// formed; where the stream is split makes no difference; memory is a small multiple of what was sent.
import TroupeNet
import TroupeWire

@testable import TroupeTransport

public enum FramesTarget: FuzzTarget {
  public static let name = "frames"

  static let local = HelloInfo(cluster: "test", name: "n1", role: .node, incarnation: 1)
  static let identity = PeerIdentity(trustDomain: "test", role: "gateway", name: "g1")

  /// What opens the link.
  private static let greeting: [UInt8] = {
    var writer = Writer()
    HelloFrame.write(HelloInfo(cluster: "test", name: "g1", role: .gateway, incarnation: 1), to: &writer)
    return writer.bytes
  }()

  struct Outcome: Equatable {
    var digest: UInt64
    var code: String
  }

  public static func run(_ bytes: UnsafeRawBufferPointer) throws(Finding) {
    var input = FuzzInput(bytes)
    let choice = input.byte()
    let calls = Int(choice >> 1 & 3)
    let seed = choice & 1 == 0 ? nil : UInt64(input.byte())
    let stream = FrameStream(&input)
    let whole = try feed(stream.bytes, unpacked: stream.unpacked, calls: calls, splits: nil)
    guard let seed else { return }
    let split = try feed(stream.bytes, unpacked: stream.unpacked, calls: calls, splits: seed)
    try expect(whole == split, "the same frames mean \(whole) in one piece and \(split) in several")
  }

  /// - Parameter unpacked: what compressed frames in it hold, bytes: chunks of it are kept, and an answer is copied.
  static func feed(_ stream: [UInt8], unpacked: Int = 0, calls count: Int, splits seed: UInt64?) throws(Finding) -> Outcome {
    let loop = FuzzLoop()
    let delegate = FuzzDelegate()
    let calls = FuzzCalls()
    let link = Link.accepting(on: loop, local: local, needsCertificate: true, delegate: delegate)
    let connection = FuzzConnection(on: loop, handler: link, peer: identity)
    loop.run {
      connection.open()
      greeting.withUnsafeBytes { connection.arrive($0) }
    }
    try expect(link.isOpen, "a link does not open to a good HELLO")
    loop.run {
      for number in 0..<count {
        if number == 2 {
          calls.ask(over: link, within: .seconds(5))
        } else {
          calls.call(over: link, entity: "a", bytes: 8, within: .seconds(5))
        }
      }
    }
    let peak = AllocationMeter.peak { pour(stream, into: connection, on: loop, splits: seed) }
    // Beside the connection's own copies of what has arrived, two: what came compressed, once more and with room to grow.
    let allowed = AllocationMeter.allowed(for: stream.count) + 2 * stream.count + 3 * unpacked
    try expect(peak <= allowed, "\(stream.count) bytes, unpacked \(unpacked) more, took \(peak) bytes of memory")
    let code = delegate.closed?.code ?? "open"
    if !connection.hasEnded { loop.run { connection.close(.endOfFile) } }
    try check(link, delegate, connection, calls, loop)
    return Outcome(digest: delegate.digest, code: code)
  }

  private static func pour(_ stream: [UInt8], into connection: FuzzConnection, on loop: FuzzLoop, splits seed: UInt64?) {
    stream.withUnsafeBytes { all in
      var offset = 0
      var state = (seed ?? 0) &* 0x9E37_79B9 &+ 1
      while offset < all.count {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        // Many small pieces at first, then larger ones, so that a long stream does not take a thousand passes.
        let size = seed == nil ? all.count : 1 + Int(state >> 33) % (8 + offset / 4)
        let end = min(all.count, offset + size)
        loop.run { connection.arrive(UnsafeRawBufferPointer(rebasing: all[offset..<end])) }
        offset = end
      }
    }
  }

  /// What holds for every link that has ended.
  static func check(
    _ link: Link, _ delegate: FuzzDelegate, _ connection: FuzzConnection, _ calls: FuzzCalls, _ loop: FuzzLoop
  ) throws(Finding) {
    try expect(delegate.closed != nil && link.hasEnded, "a link whose connection has ended has not")
    if let fault = delegate.fault ?? connection.frames.fault { throw Finding(fault) }
    try expect(calls.left == 0, "\(calls.left) of \(calls.made) calls never ended")
    try expect(link.incoming.reserved == 0, "a link that has ended still holds \(link.incoming.reserved) bytes of its loop's budget")
  }
}
