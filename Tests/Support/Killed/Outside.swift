// The way out of the node: to somebody else's ledger, in another process, over a connection a call. It takes what happened and the key under
// which that is one effect, as a provider would, and answers when it has written it down.
import Foundation

public struct Outside: Sendable {
  let port: Int

  public init(port: Int) { self.port = port }

  public struct NoAnswer: Error {}

  /// Returns when it was taken.
  func take(_ what: String, key: String) async throws {
    let port = port
    try await withCheckedThrowingContinuation { (waiter: CheckedContinuation<Void, any Error>) in
      // The loop goes on meanwhile: what blocks is a thread of its own.
      Thread.detachNewThread { waiter.resume(with: Result { try Self.post("\(key)\t\(what)\n", to: port) }) }
    }
  }

  private static func post(_ line: String, to port: Int) throws {
    let descriptor = try Loopback.connect(to: port)
    defer { close(descriptor) }
    guard Loopback.send(line.utf8, to: descriptor), Loopback.receive(from: descriptor) != nil else { throw NoAnswer() }
  }
}
