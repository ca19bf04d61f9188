// Denied peers: refused in the handshake under every form of an entry, found on connections that are open, and let in again.
import Foundation
import Testing
import TroupeNet

@Suite struct TLSDenialTests {
  /// Three ways to name n2's certificate, and n2 itself, as `openssl` prints them.
  private static func entries(of name: String) throws -> [String: String] {
    let certificates = try Certificates.shared
    func print(_ what: String...) throws -> String {
      let (_, text) = try Certificates.run(
        "/usr/bin/env", ["openssl", "x509", "-in", "\(name).crt", "-noout"] + what, in: certificates.folder)
      return String(text.split(separator: "\n")[0].split(separator: "=", maxSplits: 1)[1])
    }
    return [
      "identity": "spiffe://test/node/\(name)",
      "fingerprint": "sha256 " + (try print("-fingerprint", "-sha256")),
      "serial": "serial " + (try print("-serial")) + " issuer " + (try print("-issuer", "-nameopt", "RFC2253")),
    ]
  }

  private static func meet(_ server: TLSContext, _ client: TLSContext) async throws -> [String] {
    try await Bed.real.transcript { stage in
      var ends = 0
      func watch(_ player: Player) -> Player {
        player.onClosed = { reason in
          stage.say("\(player.name): \(reason)")
          ends += 1
          if ends == 2 { stage.finish() }
        }
        return player
      }
      let listener = stage.listen(security: server) {
        let player = stage.player("server")
        player.onReceived = { _, bytes in
          stage.finish()
          return bytes.count
        }
        return watch(player)
      }
      let player = stage.player("client")
      player.onOpened = { $0.send("let in") }
      stage.connect(listener, security: client, watch(player))
    }
  }

  @Test(arguments: ["identity", "fingerprint", "serial"])
  func aDeniedPeerIsRefused(form: String) async throws {
    let certificates = try Certificates.shared
    let entry = try #require(try Self.entries(of: "n2")[form])
    let changing = try certificates.changing("n1")
    let server = try TLSContext(try changing.denying(entry + "\n"), trustDomain: "test")
    let said = try await Self.meet(server, try certificates.context("n2"))
    #expect(said.contains { $0.hasPrefix("server: denied: the deny-list has ") }, "\(said)")
    #expect(said.contains { $0.hasPrefix("client: ") && $0.contains("certificate revoked") }, "\(said)")
    #expect(!said.contains("server opened"), "\(said)")

    // Nobody in the list, and the same peer is let in.
    try changing.put("# nobody\n", at: changing.denyList)
    try server.reload()
    #expect(try await Self.meet(server, try certificates.context("n2")).contains("server received let in"))
  }

  @Test func whoeverCallsRefusesADeniedServerToo() async throws {
    let certificates = try Certificates.shared
    let client = try certificates.context("n2")
    client.deny(try DenyList(parsing: "spiffe://test/node/n1"))
    let said = try await Self.meet(try certificates.context("n1"), client)
    #expect(said.contains("client closed: denied"), "\(said)")
  }

  @Test func anIntermediateIsDeniedWithAllThatItSigned() async throws {
    let certificates = try Certificates.shared
    let server = try certificates.context("n1")
    let below = try certificates.context("below")
    #expect(try await Self.meet(server, below).contains("server received let in"))
    server.deny(try DenyList(parsing: try #require(try Self.entries(of: "middle")["fingerprint"])))
    #expect(try await Self.meet(server, below).contains("server closed: denied"))
  }

  @Test func anOpenConnectionSaysThatItsPeerIsDeniedNow() async throws {
    let certificates = try Certificates.shared
    let server = try certificates.context("n1")
    let client = try certificates.context("below")
    let lists = try [
      Self.entries(of: "below")["fingerprint"]!, Self.entries(of: "below")["serial"]!, "spiffe://test/node/n3",
      Self.entries(of: "middle")["serial"]!,
    ].map { try DenyList(parsing: $0) }
    let other = try DenyList(parsing: "spiffe://test/node/n9")
    let said = try await Bed.real.transcript { stage in
      let listener = stage.listen(security: server) {
        let player = stage.player("server")
        player.onOpened = { connection in
          let version = server.denialVersion
          stage.say("\(connection.denial.map(String.init) ?? "welcome")")
          for list in lists {
            server.deny(list)
            stage.say("denied \(connection.denial.map { list.entries.contains($0) } ?? false)")
          }
          server.deny(other)
          stage.say("\(connection.denial.map(String.init) ?? "welcome again")")
          stage.say("\(server.denialVersion - version) changes, until \(connection.validUntil == client.status.validUntil)")
          stage.finish()
        }
        return player
      }
      stage.connect(listener, security: client, stage.player("client"))
    }
    #expect(said.filter { $0 == "denied true" }.count == 4, "\(said)")
    #expect(said.contains("welcome") && said.contains("welcome again"), "\(said)")
    #expect(said.contains { $0.hasPrefix("5 changes, until ") }, "\(said)")
  }

  @Test func aBadListLeavesTheOldInForceAndSaysWhichLine() throws {
    let changing = try Certificates.shared.changing("n1")
    let context = try TLSContext(try changing.denying("spiffe://test/node/n2\n"), trustDomain: "test")
    try changing.put("spiffe://test/node/n2\nnonsense here\n", at: changing.denyList)
    _ = context.look()
    let news = context.look()
    guard case .refused(let error)? = news.first else {
      Issue.record("\(news)")
      return
    }
    #expect(error.code == "deny-list" && error.description.contains("line 2: \"nonsense\""), "\(error)")
    #expect(context.denyList.entries.count == 1)
    try FileManager.default.removeItem(atPath: changing.denyList)
    #expect(throws: NetError.self) { try context.reload() }
    #expect(context.denyList.entries.count == 1, "a list that is away denies whom it denied")
    #expect(context.status.refusals.map(\.code) == ["deny-list"])
    let missing = #expect(throws: NetError.self) {
      var files = changing.files
      files.denyList = changing.files.certificate + ".nowhere"
      _ = try TLSContext(files, trustDomain: "test")
    }
    #expect(missing?.code == "deny-list", "who is told of a list and has none does not start")
  }

  @Test func aBadCertificateDoesNotHoldUpTheList() throws {
    let changing = try Certificates.shared.changing("n1")
    let context = try TLSContext(try changing.denying(""), trustDomain: "test")
    try changing.put(certificate: "expired")
    try changing.put("spiffe://test/node/n2", at: changing.denyList)
    #expect(throws: NetError.self) { try context.reload() }
    #expect(context.denyList.entries.count == 1)
    context.deny(try DenyList(parsing: "spiffe://test/node/n3"))
    #expect(context.denyList.entries.count == 2, "what was denied by call stands beside the file")
  }
}
