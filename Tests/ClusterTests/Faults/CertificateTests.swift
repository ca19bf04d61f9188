// Fault 13: certificates that nobody should believe are refused by name, without a secret in a log; and a link whose certificate runs out
// while it lives is made anew, or ends, or goes on where it is told to.

import Foundation
import Testing

@testable import ShopstreamCommand

extension OnRealProcesses {
  @Suite struct CertificateTests {
    /// From its making until a certificate runs out, seconds: a gateway starts well within it.
    static let rest: TimeInterval = 15
    static let grace = "2s"

    @Test(.timeLimit(.minutes(2)))
    func `a bad certificate is refused by name, and no log holds a secret`() async throws {
      let folder = try TemporaryFolder()
      let up = try await UpProcess(data: folder.path + "/data", nodes: 1)
      let directory = DataDirectory(up.data)
      let authority = try Authority.open(directory.authority, trustDomain: UpPlan.cluster)
      let place = { (name: String) in folder.path + "/" + name }

      let early = CertificateFiles(folder: place("early"))
      try authority.issue(to: .operator, trustDomain: UpPlan.cluster, now: Date(timeIntervalSinceNow: 7_200)).write(early)
      let twins = CertificateFiles(folder: place("twins"))
      let name = "spiffe://shopstream/operator/"
      let openssl = try OpenSSLAuthority(of: directory, in: place("openssl"))
      try await openssl.issue(to: twins.folder, uris: [name + "operator", name + "other"])
      let lord = CertificateFiles(folder: place("lord"))
      try await openssl.issue(to: lord.folder, uris: [name + "operator"], signsOthers: true)
      let foreign = CertificateFiles(folder: place("foreign"))
      try await OpenSSLAuthority(in: place("foreign-ca")).issue(to: foreign.folder, uris: [name + "operator"])
      let visitors: [(what: String, files: CertificateFiles, reason: String)] = [
        ("expired", try authority.issue(to: .operator, in: place("expired"), endingIn: -60), "certificate has expired"),
        ("not valid yet", early, "certificate is not yet valid"),
        ("of an unknown CA", foreign, "unable to get local issuer certificate"),
        (
          "of another trust domain",
          try authority.issue(to: .operator, in: place("other"), endingIn: 86_400, trustDomain: "othershop"),
          "its trust domain is othershop, not shopstream"
        ),
        ("with two names", twins, "it names 2 URIs where exactly one is allowed"),
        ("of a leaf that may sign others", lord, "it is a CA's certificate, not a leaf"),
        ("the CA's own", directory.authority, "unsuitable certificate purpose"),
      ]
      for visitor in visitors {
        let news = try await visit(up, visitor.files) { $0.contains(visitor.reason) }
        #expect(news.contains("the peer's certificate was refused: \(visitor.reason)"), "\(visitor.what): \(news)")
        #expect(await Shopper(up.gateway).add("mug", to: "cart", key: visitor.what.filter(\.isLetter)) == .acknowledged)
        for secret in try secrets(visitor.files) { #expect(!up.log(of: "node-1").contains(secret), "\(visitor.what): a key is in the log") }
      }
      // The same with one that is good: it is let in, and only what it does not say ends it.
      let good = directory.certificate(of: .operator)
      let news = try await visit(up, good) { $0.contains("no hello within") }
      #expect(news.contains("timeout: no hello within") && !news.contains("refused"), "\(news)")
      #expect(await up.events.all.allSatisfy { $0.event != "died" })
      #expect(await up.stop() == 0)
    }

    /// Connects, stays until the node ends it, and returns what the node's log then says of it.
    private func visit(_ up: UpProcess, _ files: CertificateFiles, _ isTold: (String) -> Bool) async throws -> String {
      let before = up.log(of: "node-1").utf8.count
      func news() -> String { String(decoding: up.log(of: "node-1").utf8.dropFirst(before), as: UTF8.self) }
      _ = try await Shopstream.run(
        "/usr/bin/env",
        [
          "openssl", "s_client", "-connect", up.nodes[0].addresses[0], "-cert", files.certificate, "-key", files.key, "-ign_eof", "-quiet",
        ])
      _ = await eventually { isTold(news()) }
      return news()
    }

    private func secrets(_ files: CertificateFiles) throws -> [Substring] {
      try String(contentsOfFile: files.key, encoding: .utf8).split(separator: "\n").filter { !$0.hasPrefix("-----") } + ["PRIVATE KEY"]
    }

    @Test(.timeLimit(.minutes(3)))
    func `a link does not outlive its certificate: it is made anew, or ends by name; without a grace it goes on`() async throws {
      let folder = try TemporaryFolder()
      let cluster = try await ProxiedCluster.start(folder, ["--certificate-grace", Self.grace])
      let (up, near, distant) = (cluster.up, cluster.near[0], cluster.distant[0])
      let authority = try Authority.open(DataDirectory(up.data).authority, trustDomain: UpPlan.cluster)
      func gateway(_ name: String, _ more: [String] = []) async throws -> GatewayByHand {
        let files = try authority.issue(to: .gateway, in: "\(folder.path)/\(name)", endingIn: Self.rest)
        let gateway = try await GatewayByHand.start(name, of: up, folder, ["--certificate", files.certificate, "--key", files.key] + more)
        for cart in [near, distant] { #expect(await gateway.shopper.add(name, to: cart, key: name) == .acknowledged) }
        return gateway
      }
      let renewed = try await gateway("renewed")
      let forgotten = try await gateway("forgotten")
      let careless = try await gateway("careless", ["--certificate-grace", "off"])

      // One is given another certificate in time: it calls all the while, and no call fails.
      _ = try authority.issue(to: .gateway, in: folder.path + "/renewed", endingIn: CertificateLifetimes.leaf)
      var (calls, failed) = (0, [String]())
      var ended: Shopper.Problem?
      let isOver = try await eventually(within: .seconds(60)) {
        for cart in [near, distant] {
          calls += 1
          let answer = try await renewed.shopper.send(.GET, "/carts/\(cart)")
          if answer.status != 200 { failed.append("\(answer.status) \(answer.problem?.detail ?? "")") }
        }
        if ended == nil { ended = try await forgotten.shopper.send(.GET, "/carts/\(near)").problem }
        return ended != nil && renewed.log.contains("ended: replaced: another link has taken its place")
          && cluster.node.log.contains("ended: certificate-expired: a certificate of the two ran out more than 2.0 seconds ago")
      }
      #expect(isOver, "\(ended as Any)\n\(renewed.log)\n\(cluster.node.log)")
      #expect(failed.first == nil, "\(failed.count) of \(calls) failed")
      #expect(renewed.log.contains("were read again"))

      // One is forgotten: its calls are not made.
      let problem = try #require(ended)
      #expect(
        problem.executed == "no" && ["unavailable", "deadline-exceeded", "breaker-open"].contains { problem.type.hasSuffix($0) },
        "\(problem)")
      #expect(up.log(of: "node-1").contains("handshake: the peer's certificate was refused: certificate has expired"))

      // One does not care, and neither does node-1 for its grace of a minute; node-2 has cut it.
      #expect(try await careless.shopper.addOnce("careless", to: near, key: "late").status == 200)
      let cut = try await careless.shopper.addOnce("careless", to: distant, key: "late")
      #expect(cut.problem?.executed == "no", "\(cut.status)")
      #expect(!careless.log.contains("replaced"), "\(careless.log)")
      for gateway in [renewed, forgotten, careless] { await gateway.stop() }
      await cluster.stop()
    }
  }
}
