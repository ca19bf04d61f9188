// What stands on the wire of a webhook. That a server gets it is tested with real processes.
import Testing

@testable import TroupeSinks

@Suite struct WebhookTests {
  static let secret = Array("0123456789abcdef".utf8)

  /// Made with `printf '1700000000.{}' | openssl dgst -sha256 -hmac 0123456789abcdef`.
  @Test func theSignatureIsTheHMACOfTimeAndBody() throws {
    let webhook = try Webhook("http://127.0.0.1:1/", secret: Self.secret)
    let signature = webhook.signature(of: Array("{}".utf8), at: 1_700_000_000)
    #expect(signature == "t=1700000000,v1=e4f8e2ecae2295b2ddb2f0b5584c8275e226c0ebe9b3b819e70156bb67122e3e")
  }

  @Test func whatCannotBePostedToIsRefused() {
    for url in ["", "nowhere", "ftp://host/", "http://"] {
      #expect(throws: WebhookError.invalidURL(url)) { try Webhook(url, secret: Self.secret) }
    }
    #expect(throws: WebhookError.shortSecret(3)) { try Webhook("http://host/", secret: [1, 2, 3]) }
  }
}
