// What the two services that give credentials answer. Pure.
import Foundation
import TroupeJSON

extension AWSCredentials {
  /// A container endpoint's: `{"AccessKeyId": …, "SecretAccessKey": …, "Token": …, "Expiration": …}`.
  static func containerAnswer(_ bytes: [UInt8]) -> AWSCredentials? {
    guard case .object(let object)? = try? JSONValue(parsing: bytes), case .string(let key)? = object["AccessKeyId"],
      case .string(let secret)? = object["SecretAccessKey"]
    else { return nil }
    var token: String?
    if case .string(let text)? = object["Token"] { token = text }
    var expires: Int64?
    if case .string(let text)? = object["Expiration"] { expires = TimeText.seconds(text) }
    return AWSCredentials(accessKey: key, secretKey: secret, sessionToken: token, expires: expires)
  }

  /// STS's, whose answers are XML of a fixed shape without attributes or entities in these four elements.
  static func webIdentityAnswer(_ bytes: [UInt8]) -> AWSCredentials? {
    let text = String(decoding: bytes, as: UTF8.self)
    func element(_ name: String) -> String? {
      guard let start = text.range(of: "<\(name)>"), let end = text[start.upperBound...].range(of: "</\(name)>") else { return nil }
      return String(text[start.upperBound..<end.lowerBound])
    }
    guard let key = element("AccessKeyId"), let secret = element("SecretAccessKey"), let token = element("SessionToken") else { return nil }
    return AWSCredentials(
      accessKey: key, secretKey: secret, sessionToken: token, expires: element("Expiration").flatMap(TimeText.seconds))
  }
}
