// The lines of a deny-list: what they mean, and what is wrong with them.
import Testing
import TroupeNet

@Suite struct DenyListTests {
  private let digits = String(repeating: "ab", count: 32)

  @Test func everyFormIsRead() throws {
    let text = """
      # whoever left
      spiffe://shop/node/n7   # with a remark

      sha256 \(stride(from: 0, to: 64, by: 2).map { _ in "AB" }.joined(separator: ":"))
      sha256 \(digits)\r
      serial 00a4 issuer CN=shop CA,O=The Shop
      """
    let list = try DenyList(parsing: text)
    #expect(
      list.entries == [
        .identity(try #require(PeerIdentity("spiffe://shop/node/n7"))), .fingerprint(digits),
        .serial("A4", issuer: "CN=shop CA,O=The Shop"),
      ])
    #expect(try DenyList(parsing: "\n# nobody\n").isEmpty)
  }

  @Test(arguments: [
    ("spiffe://shop/node", "is none of"), ("shop/node/n7", "is none of"), ("spiffe://shop/node/n7 n8", "is none of"),
    ("sha256 abc", "64 hexadecimal digits"), ("sha256", "64 hexadecimal digits"), ("serial 12", "serial HEX issuer NAME"),
    ("serial xyz issuer CN=a", "serial HEX issuer NAME"), ("serial 12 issuer", "serial HEX issuer NAME"),
  ])
  func aBadLineIsNamed(line: String, words: String) {
    let error = #expect(throws: DenyList.BadLine.self) { try DenyList(parsing: "# first\n\n\(line)\n") }
    #expect(error?.line == 3)
    #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
  }

  @Test func aListIsTheSumOfItsParts() throws {
    let one = try DenyList(parsing: "spiffe://shop/node/n1")
    let two = try DenyList(parsing: "spiffe://shop/node/n2\nspiffe://shop/node/n1")
    #expect(one.union(two) == two)
    #expect(one.union(DenyList()) == one)
  }
}
