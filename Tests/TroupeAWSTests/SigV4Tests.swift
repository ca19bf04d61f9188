// Signatures, held against AWS's published examples: the Signature Version 4 test suite and the documentation of S3.
import Testing

@testable import TroupeAWS

@Suite struct SigV4Tests {
  private static let suite = AWSCredentials(accessKey: "AKIDEXAMPLE", secretKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
  private static let documentation = AWSCredentials(
    accessKey: "AKIAIOSFODNN7EXAMPLE", secretKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
  /// 20150830T123600Z and 20130524T000000Z.
  private static let (suiteTime, documentationTime): (Int64, Int64) = (1_440_938_160, 1_369_353_600)
  private static let emptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

  struct Vector: CustomTestStringConvertible, Sendable {
    let name: String
    let service: String
    var method = "GET"
    var query: [(name: String, value: String)] = []
    var headers: [(name: String, value: String)] = []
    var body: [UInt8] = []
    let signed: String
    let signature: String
    var path = "/"
    var testDescription: String { name }
  }

  static let vectors: [Vector] = [
    Vector(
      name: "get-vanilla", service: "service", signed: "host;x-amz-date",
      signature: "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
    Vector(
      name: "post-vanilla", service: "service", method: "POST", signed: "host;x-amz-date",
      signature: "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
    Vector(
      name: "get-vanilla-query-order-key-case", service: "service",
      query: [(name: "Param2", value: "value2"), (name: "Param1", value: "value1")], signed: "host;x-amz-date",
      signature: "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"),
    Vector(
      name: "S3: GET Object", service: "s3",
      headers: [(name: "Range", value: "bytes=0-9"), (name: "X-Amz-Content-Sha256", value: emptyHash)],
      signed: "host;range;x-amz-content-sha256;x-amz-date",
      signature: "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41", path: "/test.txt"),
    Vector(
      name: "S3: PUT Object", service: "s3", method: "PUT",
      headers: [
        (name: "Date", value: "Fri, 24 May 2013 00:00:00 GMT"), (name: "x-amz-storage-class", value: "REDUCED_REDUNDANCY"),
        (name: "x-amz-content-sha256", value: "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072"),
      ], body: Array("Welcome to Amazon S3.".utf8), signed: "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
      signature: "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd", path: "/test%24file.text"),
    Vector(
      name: "S3: GET Bucket Lifecycle", service: "s3", query: [(name: "lifecycle", value: "")],
      headers: [(name: "X-Amz-Content-Sha256", value: emptyHash)], signed: "host;x-amz-content-sha256;x-amz-date",
      signature: "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"),
    Vector(
      name: "S3: List Objects", service: "s3", query: [(name: "max-keys", value: "2"), (name: "prefix", value: "J")],
      headers: [(name: "X-Amz-Content-Sha256", value: emptyHash)], signed: "host;x-amz-content-sha256;x-amz-date",
      signature: "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"),
  ]

  @Test("signs as AWS does", arguments: vectors)
  func signs(_ vector: Vector) {
    let isSuite = vector.service == "service"
    let credentials = isSuite ? Self.suite : Self.documentation
    let host = isSuite ? "example.amazonaws.com" : "examplebucket.s3.amazonaws.com"
    let request = SignableRequest(
      method: vector.method, path: vector.path, query: vector.query, headers: [(name: "Host", value: host)] + vector.headers,
      body: vector.body)
    let signer = SigV4(region: "us-east-1", service: vector.service)
    let added = signer.headers(signing: request, at: isSuite ? Self.suiteTime : Self.documentationTime, by: credentials)
    let day = isSuite ? "20150830" : "20130524"
    let wanted =
      "AWS4-HMAC-SHA256 Credential=\(credentials.accessKey)/\(day)/us-east-1/\(vector.service)/aws4_request, "
      + "SignedHeaders=\(vector.signed), Signature=\(vector.signature)"
    #expect(added.last?.name == "Authorization")
    #expect(added.last?.value == wanted)
  }

  @Test func aSessionTokenIsSignedToo() {
    let credentials = AWSCredentials(accessKey: "AKIDEXAMPLE", secretKey: "secret", sessionToken: "token")
    let added = SigV4(region: "r", service: "s").headers(
      signing: SignableRequest(headers: [(name: "Host", value: "h")]), at: 0, by: credentials)
    #expect(added.map(\.name) == ["X-Amz-Date", "X-Amz-Security-Token", "Authorization"])
    #expect(added.last?.value.contains("host;x-amz-date;x-amz-security-token") == true)
  }
}
