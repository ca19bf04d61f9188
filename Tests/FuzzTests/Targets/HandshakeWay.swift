// The way between two links under a fuzzer, and what it may do to what travels there.
import TroupeNet
import TroupeWire

@testable import TroupeTransport

final class HandshakeWay {
  private final class Side {
    let link: Link
    let delegate: FuzzDelegate
    let connection: FuzzConnection
    let calls = FuzzCalls()

    init(_ link: Link, _ delegate: FuzzDelegate, _ connection: FuzzConnection) {
      self.link = link
      self.delegate = delegate
      self.connection = connection
      connection.keepsSent = true
    }
  }

  private let loop = FuzzLoop()
  private let caller: Side
  private let answerer: Side

  init(_ input: inout FuzzInput) {
    let choice = input.byte()
    let certificates = input.byte()
    let node = HelloInfo(cluster: "test", name: "n1", role: .node, incarnation: 1, zone: choice & 1 == 0 ? "" : "a")
    let gateway = HelloInfo(cluster: "test", name: "g1", role: .gateway, incarnation: 2, zone: choice & 2 == 0 ? "" : "b")
    let policy = LinkPolicy(compression: choice & 4 == 0 ? .betweenZones : .always)
    let expecting = Handshake.Expectation(
      role: choice & 8 == 0 ? .node : nil, name: choice & 8 == 0 ? "n1" : nil, loopIndex: choice & 16 == 0 ? 0 : nil)

    let answering = FuzzDelegate()
    let accepted = Link.accepting(on: loop, local: node, needsCertificate: choice & 32 == 0, policy: policy, delegate: answering)
    let answered = FuzzConnection(on: loop, handler: accepted, peer: Self.certificate(certificates & 15, right: gateway))
    answerer = Side(accepted, answering, answered)
    answering.check = { Self.faultOfOpening($0, certificate: answered.peer, expecting: nil) }

    let calling = FuzzDelegate()
    let dialled = Link.calling(
      on: loop, local: gateway, expecting: expecting, needsCertificate: choice & 64 == 0, policy: policy, delegate: calling)
    var made: FuzzConnection?
    loop.dial = { made = $0 }
    loop.run { dialled.dial(SocketAddress(host: "n1", port: 1), security: nil) }
    loop.dial = { _ in }  // it holds the connection, which holds the loop
    guard let made else { preconditionFailure("a link that dials has a connection") }
    made.peer = Self.certificate(certificates >> 4, right: node)
    caller = Side(dialled, calling, made)
    calling.check = { Self.faultOfOpening($0, certificate: made.peer, expecting: expecting) }
  }

  /// Mostly the right one.
  private static func certificate(_ choice: UInt8, right: HelloInfo) -> PeerIdentity? {
    switch choice {
    case 13: PeerIdentity(trustDomain: "other", role: right.role.word, name: right.name)
    case 14: PeerIdentity(trustDomain: "test", role: "operator", name: "o1")
    case 15: nil
    default: right.identity
    }
  }

  /// A link that opens must know whom it has before it.
  private static func faultOfOpening(_ link: Link, certificate: PeerIdentity?, expecting: Handshake.Expectation?) -> String? {
    guard let peer = link.peer else { return "a link opened to nobody" }
    if peer.cluster != link.local.cluster { return "a link opened to the cluster \(peer.cluster)" }
    if !peer.versions.overlaps(link.local.versions) { return "a link opened to the versions \(peer.versions)" }
    if link.handshake.needsCertificate, certificate == nil { return "a link opened without a certificate" }
    if let certificate, certificate != peer.identity { return "a link opened to \(peer.name), whose certificate says \(certificate)" }
    if let role = expecting?.role, role != peer.role { return "a link opened to a \(peer.role)" }
    if let name = expecting?.name, name != peer.name { return "a link opened to \(peer.name)" }
    if let index = expecting?.loopIndex, index != peer.loopIndex { return "a link opened to loop \(peer.loopIndex)" }
    var writer = Writer()
    HelloFrame.write(peer, to: &writer)
    guard let again = try? HelloFrame.read(writer.span.extracting(4..<writer.count)), again == peer else {
      return "a HELLO that was read and written again is another one"
    }
    return nil
  }

  // MARK: What happens

  func step(_ input: inout FuzzInput) {
    let choice = input.byte()
    let (side, other) = choice & 1 == 0 ? (caller, answerer) : (answerer, caller)
    switch choice >> 1 & 15 {
    case 0: loop.run { side.connection.open() }
    case 1: carry(from: side, to: other, Int.max)
    case 2: carry(from: side, to: other, 1 + Int(input.byte()))
    case 3: spoil(&side.connection.sent, at: input.word()) { $0 ^= input.byte() }
    case 4: lose(of: &side.connection.sent, from: input.word(), input.byte())
    case 5: side.connection.sent.append(contentsOf: FrameStream(one: &input).bytes)
    case 6: greet(side, &input)
    case 7: loop.advance(by: .milliseconds(100 * (1 + Int(input.byte()))))
    case 8: call(over: side, &input)
    case 9: loop.run { side.calls.ask(over: side.link, within: .seconds(2)) }
    case 10: end(side, input.byte())
    case 11: loop.run { side.link.announce(epoch: UInt64(input.byte())) }
    case 12: loop.run { side.link.askToLeave(.local) }
    case 13: side.connection.sent += side.connection.sent.prefix(4 << 10)
    case 14: side.connection.sent.insert(contentsOf: FrameStream(one: &input).bytes, at: 0)
    default: both()
    }
  }

  /// What usually happens: both have a connection, and everything arrives.
  private func both() {
    loop.run {
      caller.connection.open()
      answerer.connection.open()
    }
    for _ in 0..<4 {
      carry(from: caller, to: answerer, Int.max)
      carry(from: answerer, to: caller, Int.max)
    }
  }

  private func carry(from side: Side, to other: Side, _ count: Int) {
    let bytes = Array(side.connection.sent.prefix(count))
    side.connection.sent.removeFirst(bytes.count)
    loop.run { bytes.withUnsafeBytes { other.connection.arrive($0) } }
  }

  private func spoil(_ bytes: inout [UInt8], at offset: Int, _ change: (inout UInt8) -> Void) {
    if !bytes.isEmpty { change(&bytes[offset % bytes.count]) }
  }

  private func lose(of bytes: inout [UInt8], from offset: Int, _ count: UInt8) {
    guard !bytes.isEmpty else { return }
    let start = offset % bytes.count
    bytes.removeSubrange(start..<min(bytes.count, start + 1 + Int(count)))
  }

  /// In place of what the side has sent: a HELLO in which a thing or two are not as they should be.
  private func greet(_ side: Side, _ input: inout FuzzInput) {
    let changes = input.byte()
    var hello = side.link.local
    if changes & 1 != 0 { hello.name = String(decoding: input.take(Int(input.byte() & 31)), as: UTF8.self) }
    if changes & 2 != 0 { hello.cluster = String(decoding: input.take(Int(input.byte() & 31)), as: UTF8.self) }
    if changes & 4 != 0 { hello.features = UInt64(input.byte()) | UInt64(input.byte()) << 56 }
    if changes & 8 != 0 { hello.maxFrame = UInt32(input.word()) | UInt32(input.word()) << 16 }
    if changes & 16 != 0 { hello.role = PeerRole.allCases[Int(input.byte()) % 3] }
    if changes & 32 != 0 { (hello.loopIndex, hello.loopCount) = (UInt16(input.byte()), UInt16(input.byte())) }
    if changes & 64 != 0 {
      let lowest = UInt16(input.byte())
      hello.versions = lowest...(lowest + UInt16(input.byte()))
    }
    var writer = Writer()
    HelloFrame.write(hello, to: &writer)
    if changes & 128 != 0 {
      writer.append(RawSpan(_unsafeBytes: input.take(Int(input.byte()))))
      writer.endFrame(0)
    }
    side.connection.sent = writer.bytes
  }

  private func call(over side: Side, _ input: inout FuzzInput) {
    let size = input.byte()
    // Some travel in chunks.
    let bytes = size > 240 ? ChunkLimits.whole + Int(size - 240) << 11 : Int(size)
    let deadline = Duration.milliseconds(100 * Int(input.byte()))
    loop.run { side.calls.call(over: side.link, entity: size & 1 == 0 ? "a" : "b", bytes: bytes, within: deadline) }
  }

  private func end(_ side: Side, _ choice: UInt8) {
    loop.run {
      switch choice & 3 {
      case 0: side.link.close()
      case 1: side.connection.close(.endOfFile)
      case 2: side.connection.close(.reset)
      default: side.link.retire()
      }
    }
  }

  // MARK: The end

  func finish() {
    both()
    loop.advance(by: .seconds(1))
    for side in [caller, answerer] { loop.run { side.connection.close(.endOfFile) } }
    loop.advance(by: .seconds(1))
  }

  func check() throws(Finding) {
    for side in [caller, answerer] { try FramesTarget.check(side.link, side.delegate, side.connection, side.calls, loop) }
    try expect(loop.pendingTimers == 0, "links that have ended left \(loop.pendingTimers) timers")
  }
}
