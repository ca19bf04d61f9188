// Which service is called, where, and how its calls are named.
import Foundation

/// A service of the JSON protocols: one address, `POST /`, the operation in `X-Amz-Target`.
public struct AWSService: Hashable, Sendable {
  /// As in its address and in signatures.
  public let name: String
  /// Before the operation's name.
  public let targetPrefix: String
  /// 1.0 or 1.1.
  public let jsonVersion: String

  public init(name: String, targetPrefix: String, jsonVersion: String) {
    self.name = name
    self.targetPrefix = targetPrefix
    self.jsonVersion = jsonVersion
  }

  public static let dynamoDB = AWSService(name: "dynamodb", targetPrefix: "DynamoDB_20120810", jsonVersion: "1.0")
  public static let sqs = AWSService(name: "sqs", targetPrefix: "AmazonSQS", jsonVersion: "1.0")
  public static let eventBridge = AWSService(name: "events", targetPrefix: "AWSEvents", jsonVersion: "1.1")
  public static let kinesis = AWSService(name: "kinesis", targetPrefix: "Kinesis_20131202", jsonVersion: "1.1")
}

struct AWSEndpoint: Hashable, Sendable {
  /// Without a slash at the end.
  let url: String
  /// What `Host` says: with the port where it is not the scheme's.
  let host: String

  init(_ service: AWSService, region: String, override: String?) throws(AWSError) {
    var url = override ?? "https://\(service.name).\(region).\(Self.domain(of: region))"
    while url.hasSuffix("/") { url.removeLast() }
    guard let match = url.wholeMatch(of: #/https?://(?<host>[A-Za-z0-9.\-]+(:\d{1,5})?|\[[0-9A-Fa-f:.]+\](:\d{1,5})?)/#) else {
      throw .notSent("'\(url)' is no endpoint: write http://host:port or https://host")
    }
    self.url = url
    host = String(match.host)
  }

  static func domain(of region: String) -> String { region.hasPrefix("cn-") ? "amazonaws.com.cn" : "amazonaws.com" }
}
