// AWS Signature Version 4 in headers. Pure: the time is an argument. Held against AWS's published test suite.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
import Crypto
import Foundation

public struct SigV4: Sendable {
  public let region: String
  /// The name that signatures use: `dynamodb`, `sqs`.
  public let service: String

  public init(region: String, service: String) {
    self.region = region
    self.service = service
  }

  /// The headers that make the request one of these credentials', at this time: to be added to those that it has.
  public func headers(
    signing request: SignableRequest, at unixSeconds: Int64, by credentials: AWSCredentials
  ) -> [(name: String, value: String)] {
    let time = TimeText.basic(unixSeconds)
    var added = [(name: "X-Amz-Date", value: time)]
    if let token = credentials.sessionToken { added.append((name: "X-Amz-Security-Token", value: token)) }
    var whole = request
    whole.headers += added
    let (text, names) = whole.canonical()
    let day = String(time.prefix(8))
    let scope = "\(day)/\(region)/\(service)/aws4_request"
    let toSign = "AWS4-HMAC-SHA256\n\(time)\n\(scope)\n\(SignableRequest.hex(SHA256.hash(data: Data(text.utf8))))"
    let signature = SignableRequest.hex(Self.code(toSign, key(of: credentials, day: day)))
    added.append(
      (
        name: "Authorization",
        value: "AWS4-HMAC-SHA256 Credential=\(credentials.accessKey)/\(scope), SignedHeaders=\(names), Signature=\(signature)"
      ))
    return added
  }

  private func key(of credentials: AWSCredentials, day: String) -> SymmetricKey {
    var key = SymmetricKey(data: Data(("AWS4" + credentials.secretKey).utf8))
    for part in [day, region, service, "aws4_request"] { key = SymmetricKey(data: Self.code(part, key)) }
    return key
  }

  private static func code(_ text: String, _ key: SymmetricKey) -> HMAC<SHA256>.MAC {
    HMAC<SHA256>.authenticationCode(for: Data(text.utf8), using: key)
  }
}
