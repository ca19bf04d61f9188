// The two beds that a test of loops is laid in: the real loop and the simulated one. A test is a script that runs on a loop and
// says what it sees; what it said is compared afterwards.
import Synchronization
import Testing
import TroupeNet
import TroupeTesting

enum Bed: String, CaseIterable, CustomTestStringConvertible {
  case real, simulated

  var testDescription: String { rawValue }

  /// Runs `script` on a fresh loop until it calls `finish`, and returns what was said.
  func transcript(
    identity: PeerIdentity? = nil, limit: Duration = .seconds(20), _ script: @escaping @Sendable (Stage) -> Void
  ) async throws -> [String] {
    switch self {
    case .real: return try await Self.runReal(limit, script)
    case .simulated:
      let world = SimulatedWorld(seed: 11)
      let loop = world.makeLoop(host: "127.0.0.1", identity: identity)
      let stage = Stage(loop) { _ in }
      loop.perform { script(stage) }
      let isFinished = world.run(limit: limit) { stage.isFinished }
      return stage.said + (isFinished ? [] : ["never finished"])
    }
  }

  private static func runReal(_ limit: Duration, _ script: @escaping @Sendable (Stage) -> Void) async throws -> [String] {
    let loop = try UVLoop.start(index: 0, name: "test")
    let said = await withCheckedContinuation { (continuation: CheckedContinuation<[String], Never>) in
      loop.execute {
        let stage = Stage(loop) { continuation.resume(returning: $0) }
        loop.schedule(after: limit) {
          stage.say("never finished")
          stage.finish()
        }
        script(stage)
      }
    }
    loop.stop()
    loop.join()
    return said
  }
}

/// Where a script plays: its loop, and what was said.
final class Stage: Sendable {
  let loop: any EventLoop
  private let lines = Mutex<(said: [String], isFinished: Bool)>(([], false))
  private let whenFinished: @Sendable ([String]) -> Void

  init(_ loop: any EventLoop, whenFinished: @escaping @Sendable ([String]) -> Void) {
    self.loop = loop
    self.whenFinished = whenFinished
  }

  var said: [String] { lines.withLock { $0.said } }
  var isFinished: Bool { lines.withLock { $0.isFinished } }
  func say(_ line: String) { lines.withLock { $0.said.append(line) } }

  func finish() {
    let said: [String]? = lines.withLock { lines in
      defer { lines.isFinished = true }
      return lines.isFinished ? nil : lines.said
    }
    if let said { whenFinished(said) }
  }

  /// Listens on a free port of the loopback; every connection gets what `handler` returns.
  func listen(security: TLSContext? = nil, _ handler: @escaping () -> Player?) -> any Listener {
    do {
      return try loop.listen(on: SocketAddress(host: "127.0.0.1", port: 0), security: security) { _ in handler() }
    } catch {
      fatalError("\(error)")
    }
  }

  @discardableResult
  func connect(
    _ listener: any Listener, security: TLSContext? = nil, expecting: PeerIdentity? = nil, _ handler: Player
  ) -> any Connection {
    loop.connect(to: listener.address, security: security, expecting: expecting, handler: handler)
  }

  /// A handler that says what it hears, under `name`.
  func player(_ name: String) -> Player { Player(name, self) }
}

/// A connection handler that says everything it hears and does what the script sets.
final class Player: ConnectionHandler {
  let name: String
  let stage: Stage
  var onOpened: (any Connection) -> Void = { _ in }
  /// How many of the bytes to consume; all of them unless set.
  var onReceived: ((any Connection, [UInt8]) -> Int)?
  var onDrained: (any Connection) -> Void = { _ in }
  var onClosed: (CloseReason) -> Void = { _ in }
  var isQuiet = false
  var leavesEverything = false

  init(_ name: String, _ stage: Stage) {
    self.name = name
    self.stage = stage
  }

  func opened(_ connection: any Connection) {
    stage.say("\(name) opened")
    onOpened(connection)
  }

  func received(_ bytes: RawSpan, on connection: any Connection) -> Int {
    if leavesEverything { return 0 }
    let copy = bytes.withUnsafeBytes { [UInt8]($0) }
    if !isQuiet { stage.say("\(name) received \(String(decoding: copy, as: UTF8.self))") }
    return onReceived?(connection, copy) ?? copy.count
  }

  func drained(_ connection: any Connection) { onDrained(connection) }

  func closed(_ connection: any Connection, _ reason: CloseReason) {
    stage.say("\(name) closed: \(reason.code)")
    onClosed(reason)
  }
}

extension Connection {
  func send(_ text: String) { send(Array(text.utf8)) }
  func send(_ bytes: [UInt8]) { send(bytes.span.bytes) }
}
