// A consumer of the log whose effects are outside: what shoppers were told was added is posted to somebody's server, whatever is killed between
// the effect and the reply, and what he refuses stands where an operator sees it.

import Foundation
import NIOHTTP1
import Testing

extension OnRealProcesses {
  @Suite struct WebhookTests {
    static let carts = 60
    static let lines = 8

    private static func up(_ folder: TemporaryFolder, _ receiver: WebhookReceiver) async throws -> UpProcess {
      let secret = folder.path + "/secret"
      try WebhookReceiver.secret.write(toFile: secret, atomically: true, encoding: .utf8)
      return try await UpProcess(data: folder.path + "/data", ["--webhook", receiver.url, "--webhook-secret", secret])
    }

    @Test(.timeLimit(.minutes(4)))
    func `nodes killed one after the other lose no post, and keys make one effect of each`() async throws {
      var seed = Seed(for: "webhook")
      let folder = try TemporaryFolder()
      let receiver = try await WebhookReceiver()
      // A receiver that is out of order now and then.
      receiver.answer { _ in Int.random(in: 0..<20) == 0 ? .internalServerError : .ok }
      let up = try await Self.up(folder, receiver)
      let shopper = Shopper(up.gateway)
      let victims = up.nodes.map(\.id).shuffled(using: &seed).prefix(2)

      async let killing: Void = {
        for victim in victims {
          let before = receiver.posts.count
          _ = await eventually(within: .seconds(60)) { receiver.posts.count > before + 40 }
          try await up.killNode(victim)
          _ = await up.events.first { $0.event == "back" && $0.process == victim }
        }
      }()
      // A shopper waits for each answer before he adds more: that is the order that must come out.
      let outcomes = await concurrently(0..<Self.carts, width: 12) { cart in
        var outcomes: [Shopper.Outcome] = []
        for line in 0..<Self.lines { outcomes.append(await shopper.add("line-\(line)", to: "cart-\(cart)", key: "\(cart)-\(line)")) }
        return outcomes
      }.flatMap { $0 }
      try await killing
      #expect(outcomes.allSatisfy { $0 == .acknowledged })

      let expected = (0..<Self.lines).map { "line-\($0)" }
      let isComplete = await eventually(within: .seconds(60)) {
        (0..<Self.carts).allSatisfy { receiver.adds(of: "cart-\($0)").count == Self.lines }
      }
      #expect(isComplete)
      for cart in 0..<Self.carts {
        let adds = receiver.adds(of: "cart-\(cart)")
        #expect(adds == expected, "cart \(cart) by its keys: each once and in order")
      }
      #expect(receiver.unsigned == 0)
      print("\(receiver.posts.count) posts of \(Self.carts * Self.lines) adds, with two nodes killed")
      #expect(await up.stop() == 0)
    }

    @Test(.timeLimit(.minutes(4)))
    func `what the receiver refuses becomes a dead letter that an operator sends again`() async throws {
      let folder = try TemporaryFolder()
      let receiver = try await WebhookReceiver()
      receiver.answer { $0.body.sku == "poison" ? .unprocessableEntity : .ok }
      let up = try await Self.up(folder, receiver)
      let shopper = Shopper(up.gateway)
      for (sku, key) in [("mug", "1"), ("poison", "2"), ("tea", "3")] {
        #expect(await shopper.add(sku, to: "alice", key: key) == .acknowledged)
      }
      #expect(await shopper.add("mug", to: "bob", key: "4") == .acknowledged)
      let isPast = await eventually(within: .seconds(90)) { receiver.adds(of: "alice") == ["mug", "tea"] }
      #expect(isPast && receiver.adds(of: "bob") == ["mug"])

      func topics(_ arguments: String...) async throws -> (output: String, errors: String, code: Int32) {
        let result = try await Shopstream.run(["topics"] + arguments + ["--data", up.data], in: folder.path)
        return (result.output, result.errors, result.code)
      }
      let list = try await topics()
      #expect(list.code == 0 && list.output.contains("webhook") && list.output.contains("cart.events"), "\(list)")
      struct Group: Decodable {
        var group: String
        var deadLetters: Int
      }
      let json = try await topics("list", "--json")
      let groups = try JSONDecoder().decode([Group].self, from: Data(json.output.utf8))
      #expect(groups.first?.group == "webhook" && groups.first?.deadLetters == 1)
      struct Letter: Decodable {
        var id: String
        var entity: String
        var error: String
        var events: String
      }
      let listed = try await topics("letters", "webhook", "--json")
      let letters = try JSONDecoder().decode([Letter].self, from: Data(listed.output.utf8))
      let letter = try #require(letters.first)
      #expect(letter.entity == "cart/alice" && letter.error.contains("422") && letter.events.contains("poison"))

      for (arguments, words) in [
        (["letters", "nobody"], "There is no group 'nobody': it has webhook"),
        (["drop", "webhook", "9-9"], "webhook has no dead letter '9-9'"),
        (["restart", "nobody"], "No node has a group 'nobody'"),
      ] {
        let result = try await Shopstream.run(["topics"] + arguments + ["--data", up.data], in: folder.path)
        #expect(result.code == 1 && result.errors.contains(words), "\(arguments): \(result.errors)")
      }

      receiver.answer { _ in .ok }
      let redriven = try await topics("redrive", "webhook", letter.id)
      #expect(redriven.code == 0 && redriven.output.contains("1 sent again"), "\(redriven)")
      #expect(await eventually(within: .seconds(30)) { receiver.adds(of: "alice") == ["mug", "tea", "poison"] })
      let none = try await topics("letters", "webhook")
      #expect(none.output.contains("has no dead letters"))

      let before = receiver.posts.count
      #expect(try await topics("restart", "webhook").code == 0)
      #expect(await eventually(within: .seconds(30)) { receiver.posts.count >= before + 4 }, "everything once more")
      #expect(await up.stop() == 0)
    }

    @Test(.timeLimit(.minutes(1)))
    func `a webhook that cannot be is refused in one sentence`() async throws {
      let folder = try TemporaryFolder()
      try "short".write(toFile: folder.path + "/short", atomically: true, encoding: .utf8)
      for (arguments, words) in [
        (["--webhook", "http://host/"], "go together"),
        (["--webhook", "http://host/", "--webhook-secret", "nowhere"], "cannot be read"),
        (["--webhook", "http://host/", "--webhook-secret", folder.path + "/short"], "at least 16 bytes"),
        (["--webhook", "ftp://host/", "--webhook-secret", folder.path + "/short"], "no address that can be posted to"),
      ] {
        let result = try await Shopstream.run(["up", "--data", folder.path + "/data"] + arguments, in: folder.path)
        #expect(result.code != 0 && result.errors.contains(words), "\(arguments): \(result.errors)")
      }
    }
  }
}
