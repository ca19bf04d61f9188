// Calls to one entity over several connections, as many as it can take or more, and how they ended.

import Foundation
import ShopCarts
import Synchronization
import Troupe

@testable import ShopstreamCommand

/// Clients of one node's entity. They ask a query by its id and do not read what it answers: the node has the work.
final class Load: Sendable {
  struct Ends: Sendable {
    var answered = 0
    /// By the name of the error.
    var failed: [CallError.Code: Int] = [:]
    var last: CallError?
    var took: Duration = .zero

    var all: Int { answered + failed.values.reduce(0, +) }
    var answeredPerSecond: Double { Double(answered) / (took / .seconds(1)) }
    var allPerSecond: Double { Double(all) / (took / .seconds(1)) }
  }

  /// Of one client, as it grows.
  private final class Count: Sendable {
    let soFar = Mutex(Ends())
  }

  private let clients: [Client]
  private let cart: String
  private let options: CallOptions
  private let bulkOptions: CallOptions
  private let contents = methodID(kind: "cart", name: "contents")

  static func with(
    _ count: Int, to cart: String, of node: NodeProcess, in data: String, deadline: Duration, _ body: (Load) async throws -> Void
  ) async throws {
    let load = try await Load(count, to: cart, of: node, in: data, deadline: deadline)
    do { try await body(load) } catch {
      await load.close()
      throw error
    }
    await load.close()
  }

  private init(_ count: Int, to cart: String, of node: NodeProcess, in data: String, deadline: Duration) async throws {
    try Credentials.prepare([.operator], in: DataDirectory(data), trustDomain: UpPlan.cluster)
    let tls = try TLSContext.load(.operator, from: DataDirectory(data), trustDomain: UpPlan.cluster)
    let seeds = [SocketAddress(node.address)].compactMap { $0 }
    // What is seen is the node's doing: the clients let every call leave.
    var calls = CallPolicy()
    calls.breakers = nil
    var clients: [Client] = []
    for _ in 0..<count {
      clients.append(
        try await Client.connect(
          to: seeds, cluster: UpPlan.cluster, name: CertificateHolder.operator.name, role: .operator, tls: tls, calls: calls))
    }
    self.clients = clients
    self.cart = cart
    options = CallOptions(deadline: deadline)
    var inBulk = options
    inBulk.isBulk = true
    bulkOptions = inBulk
  }

  /// Makes the cart a large one: to ask for it then costs the node more than it costs who asks.
  func fill(lines: Int) async throws {
    let cart = clients[0].cluster.entity(Cart.self, cart)
    for number in 0..<lines { _ = try await cart.add("article-number-\(number)") }
  }

  private func close() async { for client in clients { await client.close() } }

  /// So many callers, each of whom waits for his answer before he calls again.
  func callers(_ width: Int, for time: Duration) async -> Ends {
    await run(time) { client, ends, end in
      await withDiscardingTaskGroup { group in
        for _ in 0..<width / self.clients.count {
          group.addTask(executorPreference: client.loop) {
            while ContinuousClock.now < end { await self.call(client, ends) }
          }
        }
      }
    }
  }

  /// So many calls a second, whether answers come or not.
  func stream(_ rate: Double, for time: Duration, inBulk: Bool = false) async -> Ends {
    let rate = rate / Double(clients.count)
    return await run(time) { client, ends, end in
      await withDiscardingTaskGroup { group in
        var last = ContinuousClock.now
        while last < end {
          try? await Task.sleep(for: .milliseconds(2))
          let now = ContinuousClock.now
          // What a busy machine kept us from sending for long is not sent all at once.
          let due = min((now - last) / .seconds(1), 0.1) * rate
          last = now
          for _ in 0..<Int(due) {
            group.addTask(executorPreference: client.loop) { await self.call(client, ends, inBulk: inBulk) }
          }
        }
      }
    }
  }

  private func run(
    _ time: Duration, _ work: @escaping @Sendable (Client, Count, ContinuousClock.Instant) async -> Void
  ) async -> Ends {
    let start = ContinuousClock.now
    let parts = await withTaskGroup(of: Ends.self) { group in
      for client in clients {
        group.addTask(executorPreference: client.loop) {
          let ends = Count()
          await work(client, ends, start + time)
          return ends.soFar.withLock { $0 }
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    var whole = Ends()
    whole.took = time
    for part in parts {
      whole.answered += part.answered
      whole.failed.merge(part.failed, uniquingKeysWith: +)
      whole.last = part.last ?? whole.last
    }
    return whole
  }

  private func call(_ client: Client, _ ends: Count, inBulk: Bool = false) async {
    do {
      _ = try await client.cluster.call(
        kind: "cart", id: cart, method: contents, isQuery: true, arguments: [],
        options: inBulk ? bulkOptions : options)
      ends.soFar.withLock { $0.answered += 1 }
    } catch {
      let error = error as? CallError ?? CallError(.unknownOutcome, "\(error)")
      ends.soFar.withLock {
        $0.failed[error.code, default: 0] += 1
        $0.last = error
      }
    }
  }
}
