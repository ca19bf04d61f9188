// TLS 1.3 with certificates on both sides: who gets in, who does not and why, and that a refusal ends one connection only.
import Foundation
import Testing
import TroupeNet

@Suite struct TLSTests {
  static let n1 = PeerIdentity("spiffe://test/node/n1")
  static let n2 = PeerIdentity("spiffe://test/node/n2")

  @Test func bothSidesKnowEachOther() async throws {
    let certificates = try Certificates.shared
    let (one, two) = (try certificates.context("n1"), try certificates.context("n2"))
    #expect(one.identity == Self.n1)
    let said = try await Bed.real.transcript { stage in
      let listener = stage.listen(security: one) {
        let server = stage.player("server")
        server.onOpened = { stage.say("server sees \($0.peer!.name)") }
        server.onReceived = { connection, bytes in
          connection.send(bytes)
          return bytes.count
        }
        server.onClosed = { _ in stage.finish() }
        return server
      }
      let client = stage.player("client")
      client.onOpened = { connection in
        stage.say("client sees \(connection.peer!.name)")
        connection.send("ping")
      }
      client.onReceived = { connection, bytes in
        connection.close(.local)
        return bytes.count
      }
      stage.connect(listener, security: two, expecting: Self.n1, client)
    }
    #expect(said.contains("server sees n2"))
    #expect(said.contains("client sees n1"))
    #expect(said.contains("client received ping"))
    #expect(said.last == "server closed: end-of-file")
  }

  @Test func whoeverIsNotExpectedIsRefused() async throws {
    let certificates = try Certificates.shared
    let (one, two) = (try certificates.context("n1"), try certificates.context("n2"))
    let said = try await Bed.real.transcript { stage in
      let listener = stage.listen(security: one) { Self.watcher(stage, finishesAfter: 2) }
      let client = Self.watcher(stage, finishesAfter: 2, name: "client")
      stage.connect(listener, security: two, expecting: Self.n2, client)
    }
    #expect(said.contains { $0.contains("it names spiffe://test/node/n1, but spiffe://test/node/n2 was expected") }, "\(said)")
    #expect(said.contains("client closed: refused-identity"))
    #expect(said.contains("server closed: handshake"))
  }

  @Test func expectedIdentitiesHoldInSimulationToo() async throws {
    let said = try await Bed.simulated.transcript(identity: Self.n1) { stage in
      let listener = stage.listen { Self.watcher(stage, finishesAfter: 2) }
      stage.connect(listener, expecting: Self.n2, Self.watcher(stage, finishesAfter: 2, name: "client"))
    }
    #expect(said.contains("client closed: refused-identity"))
    #expect(said.contains("server closed: handshake"))
    #expect(!said.contains { $0.hasSuffix("opened") })
  }

  @Test func contextsThatPeersWouldRefuseAreNotMade() throws {
    let certificates = try Certificates.shared
    for (name, sentence) in [
      ("expired", "it has expired"),
      ("two", "it names 2 URIs where exactly one is allowed"),
      ("none", "it names 0 URIs where exactly one is allowed"),
      ("web", "its URI is not of the form spiffe://<trust domain>/<role>/<name>"),
      ("signer", "it is a CA's certificate, not a leaf"),
      ("ca", "it is a CA's certificate, not a leaf"),
      ("foreign", "its trust domain is elsewhere, not test"),
      ("revoker", "it is a CA's certificate, not a leaf"),
      ("future", "it is not valid yet"),
      ("missing", "No such file or directory"),
    ] {
      let error = #expect(throws: NetError.self) { try certificates.context(name) }
      #expect(error?.code == "certificate")
      #expect(error?.description.contains(sentence) == true, "\(name): \(error?.description ?? "")")
    }
    let mixed = #expect(throws: NetError.self) {
      try TLSContext(
        certificate: certificates.path("n1.crt"), key: certificates.path("n2.key"), roots: certificates.path("ca.crt"),
        trustDomain: "test")
    }
    #expect(mixed?.code == "key")
  }

  /// A client of openssl's with a bad certificate, or none, or an older TLS.
  @Test(arguments: [
    ("unknown", ["-cert", "unknown.crt", "-key", "unknown.key"], "unable to get local issuer certificate"),
    ("foreign", ["-cert", "foreign.crt", "-key", "foreign.key"], "its trust domain is elsewhere, not test"),
    ("two URIs", ["-cert", "two.crt", "-key", "two.key"], "it names 2 URIs where exactly one is allowed"),
    ("no URI", ["-cert", "none.crt", "-key", "none.key"], "it names 0 URIs where exactly one is allowed"),
    ("CA as leaf", ["-cert", "signer.crt", "-key", "signer.key"], "it is a CA's certificate, not a leaf"),
    ("signs lists", ["-cert", "revoker.crt", "-key", "revoker.key"], "it is a CA's certificate, not a leaf"),
    ("query", ["-cert", "query.crt", "-key", "query.key"], "its URI is not of the form spiffe://<trust domain>/<role>/<name>"),
    ("fragment", ["-cert", "fragment.crt", "-key", "fragment.key"], "its URI is not of the form spiffe://<trust domain>/<role>/<name>"),
    ("port", ["-cert", "port.crt", "-key", "port.key"], "its URI is not of the form spiffe://<trust domain>/<role>/<name>"),
    ("deep path", ["-cert", "deep.crt", "-key", "deep.key"], "its URI is not of the form spiffe://<trust domain>/<role>/<name>"),
    ("short path", ["-cert", "shallow.crt", "-key", "shallow.key"], "its URI is not of the form spiffe://<trust domain>/<role>/<name>"),
    ("not yet valid", ["-cert", "future.crt", "-key", "future.key"], "certificate is not yet valid"),
    ("the CA", ["-cert", "ca.crt", "-key", "ca.key"], "unsuitable certificate purpose"),
    ("expired", ["-cert", "expired.crt", "-key", "expired.key"], "certificate has expired"),
    ("none", [], "peer did not return a certificate"),
    ("TLS 1.2", ["-tls1_2", "-cert", "n1.crt", "-key", "n1.key"], "unsupported protocol"),
  ])
  func refusedWithAName(what: String, arguments: [String], sentence: String) async throws {
    let certificates = try Certificates.shared
    let said = try await Self.besides(certificates) { address in
      _ = try? Certificates.run(
        "/usr/bin/env", ["openssl", "s_client", "-connect", address.description, "-CAfile", "ca.crt"] + arguments,
        in: certificates.folder)
    }
    #expect(said.contains { $0.contains(sentence) }, "\(what): \(said)")
    // What the log gets holds nothing of a certificate or key.
    #expect(!said.contains { $0.contains("BEGIN") || $0.contains("PRIVATE") }, "\(what): \(said)")
  }

  @Test(arguments: [0, 1, 5, 300, 100_000])
  func randomBytesEndTheirConnection(count: Int) async throws {
    let certificates = try Certificates.shared
    var random = SeededRandom(seed: UInt64(count))
    let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
    let said = try await Self.besides(certificates) { address in RawPeer.send(bytes, to: address) }
    #expect(said.contains { $0.hasPrefix("bad: handshake: ") }, "\(count): \(said)")
  }

  @Test func aSilentPeerIsCutAfterTheTimeLimit() async throws {
    let certificates = try Certificates.shared
    let one = try certificates.context("n1")
    let said = try await Bed.real.transcript { stage in
      let listener = stage.listen(security: one) {
        let server = stage.player("server")
        server.onClosed = { reason in
          stage.say(reason.detail)
          stage.finish()
        }
        return server
      }
      stage.connect(listener, stage.player("client"))  // without TLS: it says nothing
    }
    #expect(said.contains("server closed: timeout"))
    #expect(said.contains { $0.hasPrefix("no TLS handshake from 127.0.0.1:") })
  }

  // MARK: scripts

  /// A handler that says its reason in full and ends the script when it is the last.
  private static func watcher(_ stage: Stage, finishesAfter count: Int, name: String = "server") -> Player {
    let watcher = stage.player(name)
    watcher.onClosed = { reason in
      stage.say("\(name): \(reason)")
      if stage.said.filter({ $0.contains(" closed: ") }).count == count { stage.finish() }
    }
    return watcher
  }

  /// A server with one good connection that stays; `attack` runs beside it. Returns what was said, after the good connection
  /// has shown that it still answers and a new one that it can be made.
  private static func besides(
    _ certificates: Certificates, _ attack: @escaping @Sendable (SocketAddress) -> Void
  ) async throws -> [String] {
    let (one, two) = (try certificates.context("n1"), try certificates.context("n2"))
    let said = try await Bed.real.transcript { stage in
      var accepted = 0
      var good: (any Connection)?
      var listener: (any Listener)!
      listener = stage.listen(security: one) {
        accepted += 1
        let server = stage.player("server \(accepted)")
        server.onReceived = { connection, bytes in
          connection.send(bytes)
          return bytes.count
        }
        if accepted == 2 {
          server.onClosed = { reason in
            stage.say("bad: \(reason)")
            good?.send("still here")
            let late = stage.player("late")
            late.onOpened = { _ in if stage.said.contains("client received still here") { stage.finish() } }
            stage.connect(listener, security: two, late)
          }
        }
        return server
      }
      let client = stage.player("client")
      client.onOpened = { connection in
        good = connection
        let address = listener.address
        Thread { attack(address) }.start()
      }
      client.onReceived = { _, bytes in
        if stage.said.contains("late opened") { stage.finish() }
        return bytes.count
      }
      stage.connect(listener, security: two, client)
    }
    #expect(said.contains("client received still here"), "\(said)")
    #expect(said.contains("late opened"), "\(said)")
    #expect(!said.contains("server 2 opened"), "\(said)")
    return said
  }
}
