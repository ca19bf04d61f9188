// Queues, buses and streams: on the emulator, and answers for some entries only from a stub, since the emulator refuses none.
import AWSEmulator
import Testing
import TroupeJSON

@testable import TroupeAWS

@Suite struct SinkTests {
  private static let credentials = CredentialSource.fixed(AWSCredentials(accessKey: "test", secretKey: "test"))

  private func configuration(_ endpoint: String? = nil) throws -> AWSConfiguration {
    AWSConfiguration(
      region: "eu-central-1", endpoint: try endpoint ?? EmulatorProcess.shared.get().endpoint, credentials: Self.credentials)
  }

  @Test func messagesReachAQueue() async throws {
    let raw = try AWSClient(.sqs, configuration())
    let made = try await raw.call("CreateQueue", ["QueueName": "orders"], until: .after(.seconds(60)))
    let queue = EntryOutcome.text(made["QueueUrl"])
    let client = try SQSClient(configuration())
    let outcomes = try await client.send([SQSMessage(body: "a"), SQSMessage(body: "é")], to: queue, until: .after(.seconds(60)))
    #expect(outcomes.count == 2)
    for case .refused(let code, _, _) in outcomes { Issue.record("\(code)") }
    let received = try await raw.call(
      "ReceiveMessage", ["QueueUrl": .string(queue), "MaxNumberOfMessages": 10], until: .after(.seconds(60)))
    guard case .array(let messages)? = received["Messages"] else { return #expect(Bool(false)) }
    #expect(messages.count == 2)
    await client.close()
    await raw.close()
  }

  @Test func eventsReachTheBus() async throws {
    let client = try EventBridgeClient(configuration())
    let event = BridgeEvent(source: "shop", type: "OrderPlaced", detail: ["order": "o-81"])
    let outcomes = try await client.put([event, event], on: "default", until: .after(.seconds(60)))
    #expect(outcomes.count == 2)
    for case .refused(let code, _, _) in outcomes { Issue.record("\(code)") }
    await client.close()
  }

  @Test func recordsReachAStream() async throws {
    let raw = try AWSClient(.kinesis, configuration())
    _ = try await raw.call("CreateStream", ["StreamName": "events", "ShardCount": 1], until: .after(.seconds(60)))
    let client = try KinesisClient(configuration())
    let outcomes = try await client.put([KinesisRecord(key: "a", data: [0, 255])], to: "events", until: .after(.seconds(60)))
    #expect(outcomes.count == 1)
    for case .refused(let code, _, _) in outcomes { Issue.record("\(code)") }
    await client.close()
    await raw.close()
  }

  @Test func someAreTakenAndSomeAreNot() async throws {
    let server = try await StubServer { heard, _ in
      switch heard.target {
      case "AmazonSQS.SendMessageBatch":
        .init(
          body: """
            {"Failed":[{"Id":"0","Code":"InvalidMessageContents","Message":"m","SenderFault":true}],"Successful":[{"Id":"1","MessageId":"x"}]}
            """)
      case "AWSEvents.PutEvents":
        .init(body: #"{"FailedEntryCount":1,"Entries":[{"EventId":"x"},{"ErrorCode":"InternalFailure","ErrorMessage":"m"}]}"#)
      default:
        .init(body: #"{"Records":[{"SequenceNumber":"x"},{"ErrorCode":"ProvisionedThroughputExceededException","ErrorMessage":"m"}]}"#)
      }
    }
    let queue = try SQSClient(configuration(server.url))
    let sent = try await queue.send([SQSMessage(body: ""), SQSMessage(body: "b")], to: "q", until: .after(.seconds(60)))
    #expect(sent == [.refused(code: "InvalidMessageContents", message: "m", isSendersFault: true), .taken("x")])
    let bus = try EventBridgeClient(configuration(server.url))
    let event = BridgeEvent(source: "s", type: "t", detail: [:])
    let put = try await bus.put([event, event], on: "b", until: .after(.seconds(60)))
    #expect(put == [.taken("x"), .refused(code: "InternalFailure", message: "m", isSendersFault: false)])
    let stream = try KinesisClient(configuration(server.url))
    let record = KinesisRecord(key: "k", data: [1])
    let taken = try await stream.put([record, record], to: "s", until: .after(.seconds(60)))
    #expect(taken[1] == .refused(code: "ProvisionedThroughputExceededException", message: "m", isSendersFault: false))
    await #expect(throws: AWSError.self) { try await stream.put([record], to: "s", until: .after(.seconds(60))) }
    await queue.close()
    await bus.close()
    await stream.close()
  }
}
