// A TCP proxy that spoils what passes through it, for tests of what networks do: the public face. A thread of its own polls the sockets
// (ProxyThread), `FaultyStream` decides.
import Glibc
import TroupeNet

/// Stands between a client and a server on this machine and applies faults that can be changed while it runs.
///
/// ```swift
/// let proxy = try FaultProxy.start(to: SocketAddress("127.0.0.1:7101")!, seed: 7)
/// defer { proxy.stop() }
/// let client = try await Client.connect(to: [proxy.address], cluster: "shop", name: "test", tls: tls)
/// proxy.faults = .both { $0.delay = .milliseconds(500) }
/// proxy.faults = .both { $0.isHeld = true }  // a cable is cut
/// proxy.heal()                               // and mended
/// proxy.reset()                              // every connection ends with RST
/// ```
/// Without faults it forwards every connection byte for byte, half-closes and resets included. To put it before a node, let the node
/// listen at the proxy's target and say `NodeConfiguration.advertise = [proxy.address]`.
///
/// **Order and time.** Bytes never overtake each other. What is set holds for every byte that is sent after the call that set it returned.
/// Times are kept to about a millisecond, never too early.
///
/// **Repetition.** Which bytes and chunks are hit follows from `seed`, the number of the connection and the position in its stream.
///
/// **Bounds.** At most 1 MiB waits in each direction of a connection, past it the sender is not read from; at most 400 connections are open,
/// more wait to be accepted.
public final class FaultProxy: Sendable {
  /// Where it listens.
  public let address: SocketAddress
  /// Where it forwards to.
  public let target: SocketAddress
  private let thread: ProxyThread

  private init(_ address: SocketAddress, _ target: SocketAddress, _ thread: ProxyThread) {
    self.address = address
    self.target = target
    self.thread = thread
  }

  deinit { thread.stop() }

  /// Starts a proxy; it accepts connections when this returns.
  ///
  /// - Parameters:
  ///   - address: A numeric loopback address; port 0 takes a free one, which `address` then says.
  ///   - target: A numeric address. Nobody needs to listen there yet: connections that find nobody are reset.
  ///   - seed: What decides which bytes are hit.
  /// - Throws: `NetError`, when the address is taken or not numeric or the system has no descriptors left.
  public static func start(
    on address: SocketAddress = SocketAddress(host: "127.0.0.1", port: 0), to target: SocketAddress, faults: ProxyFaults = .none,
    seed: UInt64 = 1
  ) throws(NetError) -> FaultProxy {
    faults.check()
    guard let storage = target.numeric, target.port > 0 else {
      throw NetError(code: "bad-target", description: "A fault proxy cannot forward to \(target): it needs a numeric address and a port.")
    }
    let listener = try ProxyListener(on: address)
    do throws(NetError) {
      return FaultProxy(listener.address, target, try ProxyThread.start(listener, target: storage, faults, seed: seed))
    } catch {
      listener.close()
      throw error
    }
  }

  /// What happens to connections and bytes from now on; open connections included, but for `dropsConnections`.
  ///
  /// Bytes that are under way already keep the delay that they got, except that `isHeld` stops them and `isBlackHole` swallows them.
  public var faults: ProxyFaults {
    get { thread.read { $0.faults } }
    set { thread.change { $0.set(newValue, now: $1) } }
  }

  /// Sets every fault back. Connections that have lost bytes in a black hole are reset, the others go on.
  public func heal() { faults = .none }

  /// Ends every open connection at once with RST to both sides. New ones are welcome.
  public func reset() { thread.change { state, _ in state.reset() } }

  /// Tells one side of every open connection that the other has no more (FIN), behind what is under way. What the other side goes on sending
  /// vanishes; the opposite direction is not touched.
  public func halfClose(_ direction: ProxyDirection) { thread.change { $0.halfClose(direction, now: $1) } }

  /// Counts so far; the last ones when it has stopped.
  public var statistics: FaultProxyStatistics { thread.read { $0.statistics } }

  /// Waits until the statistics are as `condition` says: for tests, which wait for events and not for time.
  ///
  /// - Returns: False when the proxy stopped first.
  @discardableResult
  public func until(_ condition: @escaping @Sendable (FaultProxyStatistics) -> Bool) async -> Bool { await thread.until(condition) }

  /// Ends every connection with RST, gives the address back, and returns when thread and descriptors are gone. Stopping twice is harmless.
  public func stop() { thread.stop() }
}
