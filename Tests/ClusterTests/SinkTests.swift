// Consumers of the log on real processes whose nodes are killed: a queue of the AWS emulator has each change once and in order, and a table in an
// SQLite file has what the carts have.

import AWSEmulator
import Foundation
import GRDB
import Testing
import TroupeAWS
import TroupeJSON

extension OnRealProcesses {
  @Suite struct SinkTests {
    static let carts = 20
    static let lines = 5

    private static func client() throws -> AWSClient {
      try AWSClient(
        .sqs,
        AWSConfiguration(
          region: "eu-central-1", endpoint: try EmulatorProcess.shared.get().endpoint,
          credentials: .fixed(AWSCredentials(accessKey: "test", secretKey: "test"))))
    }

    private static func text(_ value: JSONValue?) -> String { if case .string(let text)? = value { text } else { "" } }

    /// "cart: sku" of whatever waits in the queue, which is empty afterwards.
    private static func drain(_ queue: String, _ client: AWSClient) async throws -> [(cart: String, sku: String)] {
      var found: [(cart: String, sku: String)] = []
      while true {
        let answer = try await client.call(
          "ReceiveMessage", ["QueueUrl": .string(queue), "MaxNumberOfMessages": 10], until: .after(.seconds(60)))
        guard case .array(let messages)? = answer["Messages"], !messages.isEmpty else { return found }
        for case .object(let message) in messages {
          if case .object(let body)? = try? JSONValue(parsing: Array(text(message["Body"]).utf8), limits: JSONLimits(bytes: 1 << 20)) {
            found.append((text(body["cart"]), text(body["sku"])))
          }
          _ = try await client.call(
            "DeleteMessage", ["QueueUrl": .string(queue), "ReceiptHandle": .string(text(message["ReceiptHandle"]))],
            until: .after(.seconds(60)))
        }
      }
    }

    @Test(.timeLimit(.minutes(4)))
    func `a queue and a table have each change once although nodes are killed`() async throws {
      var seed = Seed(for: "sinks")
      // The nodes find their credentials where a pod of EKS would have them.
      setenv("AWS_ACCESS_KEY_ID", "test", 1)
      setenv("AWS_SECRET_ACCESS_KEY", "test", 1)
      let client = try Self.client()
      let made = try await client.call(
        "CreateQueue", ["QueueName": "changes.fifo", "Attributes": ["FifoQueue": "true"]], until: .after(.seconds(60)))
      let queue = Self.text(made["QueueUrl"])
      let folder = try TemporaryFolder()
      let views = folder.path + "/views.sqlite"
      let up = try await UpProcess(
        data: folder.path + "/data",
        [
          "--sink", "sqs:\(queue)", "--sink-region", "eu-central-1", "--sink-endpoint", try EmulatorProcess.shared.get().endpoint,
          "--project", views,
        ])
      let shopper = Shopper(up.gateway)
      let victims = up.nodes.map(\.id).shuffled(using: &seed).prefix(2)
      async let killing: Void = {
        for victim in victims {
          try await up.killNode(victim)
          _ = await up.events.first { $0.event == "back" && $0.process == victim }
        }
      }()
      let outcomes = await concurrently(0..<Self.carts, width: 4) { cart in
        var outcomes: [Shopper.Outcome] = []
        for line in 0..<Self.lines { outcomes.append(await shopper.add("line-\(line)", to: "cart-\(cart)", key: "\(cart)-\(line)")) }
        return outcomes
      }.flatMap { $0 }
      try await killing
      #expect(outcomes.allSatisfy { $0 == .acknowledged })

      let database = try DatabaseQueue(path: views)
      func rows() throws -> (count: Int, quantity: Int) {
        try database.read { db in
          (
            try Int.fetchOne(db, sql: "SELECT count(*) FROM cart_lines") ?? 0,
            try Int.fetchOne(db, sql: "SELECT coalesce(sum(quantity), 0) FROM cart_lines") ?? 0
          )
        }
      }
      let all = Self.carts * Self.lines
      #expect(await eventually(within: .seconds(60)) { (try? rows().count) == all })
      let (count, quantity) = try rows()
      #expect(count == all && quantity == all, "a change that was taken twice would have a quantity of 2")

      let expected = (0..<Self.lines).map { "line-\($0)" }
      var received: [(cart: String, sku: String)] = []
      for _ in 0..<60 where received.count < all {
        received += try await Self.drain(queue, client)
        if received.count < all { try await Task.sleep(for: .milliseconds(500)) }
      }
      for cart in 0..<Self.carts { #expect(received.filter { $0.cart == "cart-\(cart)" }.map(\.sku) == expected) }
      #expect(received.count == all)

      let restarted = try await Shopstream.run(["topics", "restart", "cart-lines", "--data", up.data], in: folder.path)
      #expect(restarted.code == 0)
      #expect(await eventually(within: .seconds(60)) { (try? rows()).map { $0 == (all, all) } ?? false })
      await client.close()
      #expect(await up.stop() == 0)
    }

    @Test(.timeLimit(.minutes(1)))
    func `sinks that cannot be are refused in one sentence`() async throws {
      let folder = try TemporaryFolder()
      for (arguments, words) in [
        (["--sink", "nowhere:x"], "nowhere:x"),
        (["--sink", "sqs:http://a/b", "--sink", "sqs:http://a/c"], "once for each service"),
        (["--sink-region", "eu-central-1"], "there is none"),
        (["--sink", "sqs:http://a/b", "--sink-endpoint", "ftp://x"], "A sink cannot be used"),
      ] {
        let result = try await Shopstream.run(["up", "--data", folder.path + "/data"] + arguments, in: folder.path)
        #expect(result.code != 0 && result.errors.contains(words), "\(arguments): \(result.errors)")
      }
    }
  }
}
