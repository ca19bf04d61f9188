// Calls: what is sent, what errors mean, and that nothing waits for ever or grows without end.
import Testing
import TroupeJSON

@testable import TroupeAWS

@Suite struct AWSClientTests {
  private func client(_ url: String) throws -> AWSClient {
    let credentials = AWSCredentials(accessKey: "AK", secretKey: "canary-secret")
    return try AWSClient(.dynamoDB, AWSConfiguration(region: "eu-central-1", endpoint: url, credentials: .fixed(credentials)))
  }

  private func failure(_ client: AWSClient, within limit: Duration = .seconds(20)) async -> AWSError? {
    do throws(AWSError) {
      _ = try await client.call("GetItem", ["A": 1], until: .after(limit))
      return nil
    } catch {
      return error
    }
  }

  @Test func aCallIsSignedAndNamed() async throws {
    let server = try await StubServer { _, _ in .init(body: #"{"B":[1]}"#) }
    let client = try client(server.url + "/")
    let answer = try await client.call("GetItem", ["A": "é"], until: .after(.seconds(20)))
    #expect(answer == ["B": [1]])
    let heard = try #require(server.requests.first)
    #expect(heard.target == "DynamoDB_20120810.GetItem" && heard.body == #"{"A":"é"}"# && heard.method == "POST" && heard.path == "/")
    #expect(heard.authorization?.contains("/eu-central-1/dynamodb/aws4_request") == true)
    #expect(heard.authorization?.contains("canary-secret") == false)
    await client.close()
  }

  @Test func errorsAreTyped() async throws {
    let server = try await StubServer { _, count in
      switch count {
      case 1: .init(status: .badRequest, body: #"{"__type":"com.amazonaws.dynamodb.v20120810#ThrottlingException","message":"slow"}"#)
      case 2: .init(status: .badRequest, body: #"{"__type":"a#ConditionalCheckFailedException","Item":{"a":{"N":"1"}}}"#)
      case 3: .init(status: .internalServerError, body: "<html>")
      default: .init(body: "no json")
      }
    }
    let client = try client(server.url)
    let throttled = await failure(client)
    #expect(
      throttled?.isThrottling == true && throttled?.outcomeIsUnknown == false && throttled?.description == "ThrottlingException (400): slow"
    )
    guard case .refused("ConditionalCheckFailedException", _, 400, let details)? = await failure(client) else {
      return #expect(Bool(false))
    }
    #expect(details["Item"] == ["a": ["N": "1"]])
    let broken = await failure(client)
    #expect(broken?.outcomeIsUnknown == true && broken?.isThrottling == false)
    guard case .unreadable? = await failure(client) else { return #expect(Bool(false)) }
    await client.close()
  }

  @Test func nobodyWaitsPastHisTime() async throws {
    let server = try await StubServer { _, _ in .init(isMissing: true) }
    let client = try client(server.url)
    let began = ContinuousClock.now
    let error = await failure(client, within: .milliseconds(200))
    #expect(error?.outcomeIsUnknown == true)
    #expect(ContinuousClock.now - began < .seconds(10))
    await client.close()
  }

  @Test func whoIsNotThereWasNotAsked() async throws {
    let server = try await StubServer { _, _ in .init() }
    // A port that nobody may listen on.
    let client = try client("http://127.0.0.1:1")
    let error = await failure(client)
    guard case .notSent? = error else { return #expect(Bool(false), "\(String(describing: error))") }
    _ = server
    await client.close()
    let closed = await failure(client)
    guard case .notSent? = closed else { return #expect(Bool(false), "\(String(describing: closed))") }
  }

  @Test(arguments: ["127.0.0.1", "http://", "http://h/path", "http://u:p@h"])
  func refusesEndpoints(_ url: String) { #expect(throws: AWSError.self) { try client(url) } }

  @Test func regionAndCredentialsAreNamedWhenTheyAreMissing() {
    func message(_ environment: [String: String]) -> String {
      do throws(AWSError) {
        _ = try AWSConfiguration(environment: environment)
        return ""
      } catch {
        return error.description
      }
    }
    #expect(message([:]).contains("AWS_REGION"))
    #expect(message(["AWS_REGION": "eu-central-1"]).contains("AWS_ACCESS_KEY_ID"))
    #expect(message(["AWS_REGION": "eu/central"]).contains("no region"))
  }
}
