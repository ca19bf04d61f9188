// The traffic of a real cluster, recorded and decrypted with a node's key log, as the dissector shows it.

import Foundation
import Testing
import Troupe

@testable import ShopstreamCommand

extension OnRealProcesses {
  @Suite struct LiveCaptureTests {
    static let node = "node-2"
    /// Long names, so that a list of them takes more than one record of TLS.
    static let carts = (0..<100).map { "cart-\($0)-" + String(repeating: "x", count: 480) }
    static let record = 16_384
    static let types = ["HELLO": 1, "PING": 3, "PONG": 4, "CALL": 16, "REPLY": 17, "ASK": 32, "ANSWER": 33]

    @Test(.timeLimit(.minutes(2)), .enabled(if: Capture.isPermitted, "recording packets needs root, or the capability net_raw"))
    func `a recorded cluster shows its handshakes, calls, replies and questions, each with its answer`() async throws {
      let folder = try TemporaryFolder()
      let up = try await UpProcess(data: folder.path + "/data", nodes: 1)
      let port = try NodeProcess.freePort()
      let other = try #require(up.nodes[0].addresses[0].split(separator: ":").last.flatMap { Int($0) })
      let capture = try await Capture(ports: [port, other], in: folder)
      let keys = folder.path + "/keys"
      let node = try await NodeProcess.start(Self.node, of: up, port: port, ["--key-log", keys], log: folder.path + "/node.log")

      let watcher = try await Operator(up)
      try #require(
        await eventually(within: .seconds(60)) { try await watcher.carts(Self.carts, of: Self.node).count >= Self.carts.count * 4 / 10 },
        "it is given its share: \(node.log)")
      let its = try await watcher.carts(Self.carts, of: Self.node)
      let shopper = Shopper(up.gateway)
      for cart in its {
        #expect(await shopper.add("mug", quantity: 2, to: cart, key: "1") == .acknowledged)
        #expect(try await shopper.contents(of: cart) == ["mug": 2])
      }
      #expect(try await watcher.connection.cluster.entities(kind: "cart", limit: 1_000).count == its.count)

      // What was recorded reaches the file a little later; what reads it meanwhile may find half a packet at its end.
      let isThere = await eventually(within: .seconds(30)) {
        guard let frames = try? await Tshark.frames(in: capture.path, keys: keys) else { return false }
        let seen = Set(frames.compactMap(\.type))
        return Self.types.values.allSatisfy(seen.contains) && frames.contains { $0["troupe.answered"] == "entities" }
      }
      _ = await capture.stop()
      let frames = try await Tshark.frames(in: capture.path, keys: keys)
      #expect(isThere, "of \(Self.types) the capture has \(Set(frames.compactMap(\.type)))")
      #expect(frames.flatMap(\.complaints) == [])
      expectHandshakes(frames)
      expectCalls(frames, to: its)
      let lists = frames.filter { $0["troupe.answered"] == "entities" }
      #expect(lists.contains { $0.number("troupe.length") ?? 0 > Self.record }, "a list over several records is put together")
      expectPairs(frames)
      try await expectNames(watcher)
      await watcher.close()
      #expect(await node.command.stop() == 0)
      #expect(await up.stop() == 0)
    }

    private func expectHandshakes(_ frames: [DissectedFrame]) {
      let hellos = frames.filter { $0.type == Self.types["HELLO"] }
      let names = Set(
        hellos.map { "\($0["troupe.hello.cluster"] ?? "")/\($0["troupe.hello.role"] ?? "")/\($0["troupe.hello.name"] ?? "")" })
      #expect(names.isSuperset(of: ["shopstream/1/node-1", "shopstream/1/\(Self.node)", "shopstream/2/gateway"]), "\(names)")
      let topics = Set(frames.compactMap { $0.number("troupe.ask.topic") })
      #expect(topics.contains(8), "nodes probe each other: \(topics)")
    }

    private func expectCalls(_ frames: [DissectedFrame], to carts: [String]) {
      let calls = frames.filter { $0.type == Self.types["CALL"] }
      for cart in carts {
        for (method, isQuery) in [("cart.add", false), ("cart.contents", true)] {
          let call = calls.first { $0["troupe.call.entity"] == cart && $0["troupe.call.method_name"] == method }
          guard let call else {
            Issue.record("no call of \(method) to \(cart)")
            continue
          }
          let id = methodID(kind: "cart", name: String(method.dropFirst("cart.".count)))
          #expect(UInt64(call["troupe.call.method"]?.dropFirst(2) ?? "", radix: 16) == id)
          #expect(UInt32(call["troupe.call.kind"]?.dropFirst(2) ?? "", radix: 16) == kindID("cart"))
          #expect(["1", "True"].contains(call["troupe.call.query"]) == isQuery)
          #expect((1...60_000_000).contains(call.number("troupe.call.time_left") ?? 0), "microseconds")
          if !isQuery { #expect(call["troupe.call.arguments"]?.contains("6d:75:67") == true, "the mug is in it") }
        }
      }
    }

    /// Each reply names the call that it answers, and that call names the reply.
    private func expectPairs(_ frames: [DissectedFrame]) {
      let packets = Dictionary(grouping: frames, by: \.packet)
      for (asked, answered) in [("CALL", "REPLY"), ("ASK", "ANSWER")] {
        let (request, reply) = ("troupe.\(asked.lowercased()).request", "troupe.\(answered.lowercased()).request")
        for answer in frames where answer.type == Self.types[answered] {
          let question = packets[answer.number("troupe.request_in") ?? -1]?.first {
            $0.type == Self.types[asked] && $0[request] == answer[reply] && $0.number("troupe.response_in") == answer.packet
          }
          #expect(question != nil, "the \(answered) in packet \(answer.packet): \(answer.fields)")
          #expect(answer["troupe.time"].flatMap { Double($0) } ?? -1 >= 0)
        }
      }
      let open = frames.count { $0.type == Self.types["CALL"] && $0["troupe.response_in"] == nil }
      #expect(open == 0, "every call that was made has its reply")
    }

    /// The dissector's list has a word for each hash that the cluster understands.
    private func expectNames(_ watcher: Operator) async throws {
      let lines = try String(contentsOfFile: Tshark.folder + "/wireshark/names.txt", encoding: .utf8).split(separator: "\n")
      let words = lines.filter { !$0.hasPrefix("#") }.map { $0.split(separator: " ").map(String.init) }
      let known = Set(words.flatMap { line in line.dropFirst().map { methodID(kind: line[0], name: $0) } })
      for kind in try await watcher.connection.cluster.contract() {
        for method in kind.methods { #expect(known.contains(method.id), "names.txt lacks \(kind.kind) \(method.name)") }
      }
    }
  }
}
