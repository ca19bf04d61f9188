// Which role may ask which question: a certificate for a gateway neither drains nodes nor reads histories nor speaks as a member.
import Testing

@testable import Troupe

@Suite struct QuestionRolesTests {
  static let topics: [AskTopic] = [
    .view, .contract, .status, .entities, .drain, .log, .greet, .probe, .word, .links, .consumers, .restartConsumers, .sagas, .entity, .set,
    .readAhead, .balance, .wish, .place, .carry, .unheard,
  ]

  /// The node's word on a question without a payload.
  static func ask(_ topic: AskTopic, as role: PeerRole, _ client: Client) async throws -> (ReplyStatus, String) {
    let home = client.cluster.stages[0]
    let node = try #require(await client.cluster.routing()?.view.members.first)
    let reply: Reply = await withUnsafeContinuation { waiter in
      home.loop.execute { home.stage.value.ask(node, topic, [], within: .seconds(5), ReplyWaiter(waiter)) }
    }
    return (reply.status, String(decoding: reply.bytes, as: UTF8.self))
  }

  @Test(arguments: PeerRole.allCases) func aRoleAsksWhatItIsFor(role: PeerRole) async throws {
    let pair = try await NodeAndClient.start(role: role)
    var allowed: [AskTopic] = []
    for topic in Self.topics {
      let (status, text) = try await Self.ask(topic, as: role, pair.ends.client)
      if status == .refused, text == "a \(role.word) may not ask this" { continue }
      allowed.append(topic)
    }
    await pair.stop()
    switch role {
    case .node: #expect(allowed == Self.topics)
    case .operator:
      #expect(
        allowed == [
          .view, .contract, .status, .entities, .drain, .log, .links, .consumers, .restartConsumers, .sagas, .entity, .set, .balance, .wish,
          .place,
        ])
    case .gateway: #expect(allowed == [.view, .contract, .status, .entities, .links, .consumers, .sagas, .balance])
    }
  }

  @Test func aGatewayDrainsNobody() async throws {
    let pair = try await NodeAndClient.start()
    let error = await #expect(throws: CallError.self) { try await pair.client.drain("n1") }
    #expect(error?.code == .refused)
    #expect(error?.message == "a gateway may not ask this")
    #expect(try await pair.node.status().nodes.map(\.state) == ["active"])
    await pair.stop()
  }
}
