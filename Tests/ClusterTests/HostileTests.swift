// Strangers at a node's port: each loses his own connection, with a reason in the log, and nobody else notices.

import AsyncHTTPClient
import Foundation
import Testing
import TroupeNet

@testable import ShopstreamCommand

extension OnRealProcesses {
  @Suite struct HostileTests {
    @Test(.timeLimit(.minutes(3)))
    func `whoever is not of the cluster, or talks nonsense, ends his own connection and nothing else`() async throws {
      let folder = try TemporaryFolder()
      let up = try await UpProcess(data: folder.path + "/data")
      let directory = DataDirectory(up.data)
      let node = up.nodes[1]
      let address = node.addresses[0]
      let pids = await up.events.pids

      /// - Parameter reason: what the node's log must say of the visit, in one line.
      func isRefused(_ what: String, logged reason: String, _ visit: () async throws -> Void) async throws {
        let before = up.log(of: node.id).utf8.count
        func news() -> String { String(decoding: up.log(of: node.id).utf8.dropFirst(before), as: UTF8.self) }
        try await visit()
        let isLogged = await eventually(within: .seconds(8)) { news().contains(reason) }
        #expect(isLogged, "\(what): the log does not say '\(reason)' but \(news())")
        #expect(await Shopper(up.gateway).add("mug", to: what.filter(\.isLetter), key: "1") == .acknowledged)
      }

      try await isRefused("no certificate at all", logged: "handshake: peer did not return a certificate") {
        var configuration = HTTPClient.Configuration(certificateVerification: .none)
        configuration.timeout.connect = .seconds(5)
        let client = HTTPClient(configuration: configuration)
        await #expect(throws: (any Error).self) {
          _ = try await client.execute(HTTPClientRequest(url: "https://\(address)/"), timeout: .seconds(10))
        }
        try await client.shutdown()
      }

      try await isRefused("a certificate of another CA", logged: "handshake: the peer's certificate was refused") {
        let foreign = DataDirectory(folder.path + "/foreign")
        try Credentials.prepare([.node("node-2")], in: foreign, trustDomain: UpPlan.cluster)
        let files = foreign.certificate(of: .node("node-2"))
        let security = try TLSContext.load(
          certificate: files.certificate, key: files.key, roots: directory.authority.certificate, trustDomain: UpPlan.cluster)
        let reason = try await Stranger.visit(address, security: security, sending: [])
        #expect(reason.code != CloseReason.local.code)
      }

      try await isRefused("a random byte stream", logged: "handshake: wrong version number") {
        var seed = Seed(for: "random bytes")
        // Neither the beginning of a record of TLS, nor what servers once took for a greeting of SSL 2.
        let noise = [0x5A, 0x5A, 0x5A] + (0..<100_000).map { _ in UInt8.random(in: 0...255, using: &seed) }
        let reason = try await Stranger.visit(address, security: nil, sending: noise)
        #expect(reason.code != CloseReason.local.code)
      }

      let operatorSecurity = try TLSContext.load(.operator, from: directory, trustDomain: UpPlan.cluster)
      try await isRefused(
        "a frame of 4 GB from a stranger", logged: "protocol-violation: a frame claims 4294967295 bytes; 1 to 65536 are allowed"
      ) {
        _ = try await Stranger.visit(address, security: operatorSecurity, sending: Frames.endless)
      }
      try await isRefused(
        "a frame of 4 GB from a friend", logged: "protocol-violation: a frame claims 4294967295 bytes; 1 to 16842752 are allowed"
      ) {
        let hello = Frames.hello(cluster: UpPlan.cluster, name: "operator", role: 3)
        _ = try await Stranger.visit(address, security: operatorSecurity, sending: hello + Frames.endless)
      }
      try await isRefused(
        "a friend under another name",
        logged:
          "refused-identity: the certificate says spiffe://\(UpPlan.cluster)/operator/operator, the hello spiffe://\(UpPlan.cluster)/node/node-1"
      ) {
        let hello = Frames.hello(cluster: UpPlan.cluster, name: "node-1", role: 1)
        _ = try await Stranger.visit(address, security: operatorSecurity, sending: hello)
      }

      #expect(await up.events.pids == pids, "no process was started again")
      #expect(await up.events.all.allSatisfy { $0.event != "died" })
      #expect(await up.stop() == 0)
    }
  }
}
