// A request as it is signed: pure values, in AWS's canonical form (Signature Version 4, "Create a canonical request").
import Crypto
import Foundation

public struct SignableRequest: Sendable {
  public var method: String
  /// Percent-encoded already; empty means "/".
  public var path: String
  /// Names and values, not encoded.
  public var query: [(name: String, value: String)]
  /// With `Host`; what is here is signed.
  public var headers: [(name: String, value: String)]
  public var body: [UInt8]

  public init(
    method: String = "POST", path: String = "/", query: [(name: String, value: String)] = [],
    headers: [(name: String, value: String)], body: [UInt8] = []
  ) {
    self.method = method
    self.path = path
    self.query = query
    self.headers = headers
    self.body = body
  }

  /// The canonical form, and the names of the headers in it.
  func canonical() -> (text: String, signedHeaders: String) {
    let sorted = headers.map { (name: $0.name.lowercased(), value: Self.folded($0.value)) }.sorted { $0.name < $1.name }
    let names = sorted.map(\.name).joined(separator: ";")
    let lines = sorted.map { "\($0.name):\($0.value)\n" }.joined()
    let encoded = query.map { (Self.encoded($0.name), Self.encoded($0.value)) }.sorted { $0 < $1 }
    let pairs = encoded.map { "\($0)=\($1)" }.joined(separator: "&")
    let hash = Self.hex(SHA256.hash(data: body))
    return ("\(method)\n\(path.isEmpty ? "/" : path)\n\(pairs)\n\(lines)\n\(names)\n\(hash)", names)
  }

  /// Surrounding space goes, and runs of it become one.
  private static func folded(_ value: String) -> String {
    value.split(whereSeparator: { $0 == " " || $0 == "\t" }).joined(separator: " ")
  }

  /// Everything but RFC 3986's unreserved characters, byte by byte.
  public static func encoded(_ text: String) -> String {
    var result = ""
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
        UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
        result.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        let digits = Array("0123456789ABCDEF")
        result += "%" + String(digits[Int(byte >> 4)]) + String(digits[Int(byte & 15)])
      }
    }
    return result
  }

  static func hex(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}
