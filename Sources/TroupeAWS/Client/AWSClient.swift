// Signed calls of the JSON protocols. Retries are the caller's: only he knows what may run twice.
import Foundation
public import TroupeJSON

/// A client of one service in one region.
///
///     let client = try AWSClient(.dynamoDB, AWSConfiguration(region: "eu-central-1"))
///     let answer = try await client.call("GetItem", ["TableName": "troupe", …], until: .after(.seconds(1)))
///     await client.close()
///
/// Safe to use from any number of tasks; calls have no order. Each is one HTTP request and throws `AWSError`, which says whether
/// it may have been done. Neither keys nor bodies stand in an error or a log.
public final class AWSClient: Sendable {
  /// Bytes of an answer: four times DynamoDB's largest, a transaction of 4 MB in base64.
  public static let answerLimit = 24 << 20

  public let service: AWSService
  private let endpoint: AWSEndpoint
  private let signer: SigV4
  private let http: HTTPExchange
  private let credentials: CredentialCache

  /// Throws when the configuration cannot be used; connects to nobody yet.
  public init(_ service: AWSService, _ configuration: AWSConfiguration) throws(AWSError) {
    self.service = service
    endpoint = try AWSEndpoint(service, region: configuration.region, override: configuration.endpoint)
    signer = SigV4(region: configuration.region, service: service.name)
    http = HTTPExchange()
    credentials = CredentialCache(configuration.credentials, http: http)
  }

  public func call(_ operation: String, _ body: JSONValue, until deadline: AWSDeadline) async throws(AWSError) -> JSONObject {
    let bytes = body.bytes
    var headers: [(name: String, value: String)] = [
      (name: "Host", value: endpoint.host), (name: "Content-Type", value: "application/x-amz-json-\(service.jsonVersion)"),
      (name: "X-Amz-Target", value: "\(service.targetPrefix).\(operation)"),
    ]
    let request = SignableRequest(headers: headers, body: bytes)
    headers += signer.headers(signing: request, at: SystemTime.unixSeconds, by: try await credentials.credentials())
    let answer = try await http.send(
      "POST", endpoint.url + "/", headers: headers, body: bytes, until: deadline, answerLimit: Self.answerLimit)
    guard answer.status == 200 else { throw AWSError(status: answer.status, body: answer.body, typeHeader: answer.errorType) }
    do throws(JSONProblem) {
      guard case .object(let object) = try JSONValue(parsing: answer.body, limits: JSONLimits(bytes: Self.answerLimit)) else {
        throw JSONProblem(kind: .mismatch, message: "no object")
      }
      return object
    } catch {
      throw .unreadable("an answer to \(operation) that is no JSON object")
    }
  }

  /// Waits without a thread: for who retries.
  public func pause(_ duration: Duration) async { await http.pause(duration) }

  /// Ends the connections. Calls that run end with an error.
  public func close() async { await http.close() }
}
