// Names and points in time as values: what is read, what is refused, what is printed.
import Testing
import TroupeNet

@Suite struct AddressTests {
  @Test(arguments: [
    ("127.0.0.1:7000", "127.0.0.1", 7_000), ("[::1]:0", "::1", 0), ("n1.example:65535", "n1.example", 65_535),
  ])
  func addressesAreReadAndPrinted(text: String, host: String, port: Int) throws {
    let address = try #require(SocketAddress(text))
    #expect(address == SocketAddress(host: host, port: port))
    #expect(address.description == text)
  }

  @Test(arguments: ["", "n1", "n1:", ":7000", "n1:65536", "n1:-1", "n1:+1", "n1:7x", "::1:7000", "[]:1"])
  func otherTextIsNoAddress(text: String) {
    #expect(SocketAddress(text) == nil)
  }

  @Test func identitiesAreReadAndPrinted() throws {
    let identity = try #require(PeerIdentity("spiffe://shop.example/node/n-1_a.B"))
    #expect(identity.trustDomain == "shop.example")
    #expect(identity.role == "node")
    #expect(identity.name == "n-1_a.B")
    #expect(PeerIdentity(identity.description) == identity)
  }

  @Test(arguments: [
    "", "spiffe://", "https://shop/node/n1", "spiffe://shop/node", "spiffe://shop/node/", "spiffe://shop//n1", "spiffe:///node/n1",
    "spiffe://shop/node/n1/x", "spiffe://Shop/node/n1", "spiffe://shop/node/n%31", "spiffe://shop/../n1", "spiffe://shop:1/node/n1",
    "spiffe://user@shop/node/n1", "spiffe://shop/node/n1?x", "spiffe://shop/node/é", "SPIFFE://shop/node/n1",
    "spiffe://shop/node/" + String(repeating: "n", count: 2_048),
  ])
  func otherTextIsNoIdentity(text: String) {
    #expect(PeerIdentity(text) == nil)
  }

  @Test func instantsSaturate() {
    let instant = Instant(nanoseconds: 1_000)
    #expect(instant + .nanoseconds(5) == Instant(nanoseconds: 1_005))
    #expect(instant - .nanoseconds(5) == Instant(nanoseconds: 995))
    #expect(Instant(nanoseconds: 1_005) - instant == .nanoseconds(5))
    #expect(Instant.distantFuture + .seconds(1) == .distantFuture)
    #expect(instant + .seconds(Int64.max) == .distantFuture)
    #expect(Duration.milliseconds(-3).wholeNanoseconds == -3_000_000)
  }
}
