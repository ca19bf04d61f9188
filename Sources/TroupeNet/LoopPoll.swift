// Watching a descriptor that somebody else reads and writes, a C library say, from the real loop. A simulated loop has no descriptors.
import CLibuv

/// Tells on its loop when a descriptor can be read or written. Lives on its loop, which keeps it until `close`.
///
///     let poll = try LoopPoll(loop, descriptor: socket) { ready in … }
///     poll.watch([.readable, .writable])
///
/// - The callback comes for as long as the descriptor is ready (level-triggered): who is told reads or writes until it would block,
///   or watches for less. Errors and hang-ups show as everything that is watched for.
/// - The descriptor stays its owner's, who closes it after `close` and never before: the number may be somebody else's at once.
/// - A descriptor is watched by one poll at a time.
public final class LoopPoll: LoopResident {
  /// What a descriptor is ready for, or watched for.
  public struct Readiness: OptionSet, Sendable {
    public let rawValue: Int32
    public init(rawValue: Int32) { self.rawValue = rawValue }
    public static let readable = Readiness(rawValue: Int32(UV_READABLE.rawValue))
    public static let writable = Readiness(rawValue: Int32(UV_WRITABLE.rawValue))
  }

  private let handle = UnsafeMutablePointer<uv_poll_t>.allocate(capacity: 1)
  private let loop: UVLoop
  private var body: ((Readiness) -> Void)?
  private var watched: Readiness = []

  /// Watches for nothing yet. On loop only.
  public init(_ loop: UVLoop, descriptor: Int32, _ body: @escaping (Readiness) -> Void) throws(NetError) {
    loop.checkIsolated()
    let failure = loop.isStopping ? Int32(UV_ECANCELED.rawValue) : uv_poll_init(loop.uv, handle, descriptor)
    guard failure == 0 else {
      handle.deallocate()
      throw .system("Cannot watch descriptor \(descriptor)", UVError.sentence(failure))
    }
    self.loop = loop
    self.body = body
    handle.pointee.data = Unmanaged.passUnretained(self).toOpaque()
    loop.residents[ObjectIdentifier(self)] = self
  }

  /// From now on calls back for these; for nothing when empty. On loop only.
  public func watch(_ interest: Readiness) {
    guard body != nil, interest != watched else { return }
    watched = interest
    if interest.isEmpty {
      uv_poll_stop(handle)
    } else {
      uv_poll_start(handle, interest.rawValue) { handle, status, events in LoopPoll.of(handle?.pointee.data).happened(status, events) }
    }
  }

  /// No callback follows, and the descriptor may be closed. On loop only.
  public func close() {
    guard body != nil else { return }
    body = nil
    uv_close(UnsafeMutableRawPointer(handle).assumingMemoryBound(to: uv_handle_t.self)) { handle in
      LoopPoll.of(handle?.pointee.data).closed()
    }
  }

  func loopStops() { close() }

  private func happened(_ status: Int32, _ events: Int32) {
    loop.pass { body?(status < 0 ? watched : Readiness(rawValue: events)) }
  }

  private func closed() {
    let loop = loop
    handle.deallocate()
    loop.residents[ObjectIdentifier(self)] = nil
  }

  private static func of(_ data: UnsafeMutableRawPointer?) -> LoopPoll {
    guard let data else { preconditionFailure("libuv called back without a poll") }
    return Unmanaged<LoopPoll>.fromOpaque(data).takeUnretainedValue()
  }
}
