// The certificate authority of a running cluster is replaced, step by step as the runbook says, under load.

import Foundation
import Synchronization
import Testing

extension OnRealProcesses {
  @Suite struct RotationTests {
    static let processes = ["nodes/node-1", "nodes/node-2", "nodes/node-3", "gateways/gateway"]

    @Test(.timeLimit(.minutes(3)))
    func `certificates and roots are replaced under load without a failed call`() async throws {
      let folder = try TemporaryFolder()
      let up = try await UpProcess(data: folder.path + "/data")
      let shopper = Shopper(up.gateway)
      let isDone = Atomic(false)
      async let load = Self.load(shopper, until: isDone)

      let roots = up.data + "/ca/certificate.pem"
      let old = try String(contentsOfFile: roots, encoding: .utf8)
      let ca = try await OpenSSLAuthority(in: folder.path + "/new-ca")
      // The new one beside the old; certificates of the new one; the old one taken out.
      try (old + ca.certificate).write(toFile: roots, atomically: true, encoding: .utf8)
      try await Self.waitForRereads(1, up)
      for process in Self.processes {
        let parts = process.split(separator: "/")
        try await ca.issue(to: "\(up.data)/\(process)", uris: ["spiffe://shopstream/\(parts[0].dropLast())/\(parts[1])"])
      }
      try await Self.waitForRereads(2, up)
      try ca.certificate.write(toFile: roots, atomically: true, encoding: .utf8)
      try await Self.waitForRereads(3, up)
      isDone.store(true, ordering: .relaxed)
      let (sent, failed) = try await load
      #expect(sent > 100)
      #expect(failed.isEmpty, "\(failed.count) of \(sent) failed, for example \(failed.first ?? "")")

      // Links that were open have stayed; a process that comes anew is let in by the new CA, and there is no other.
      try await up.killNode("node-2")
      #expect(await up.events.first { $0.event == "back" && $0.process == "node-2" } != nil)
      for cart in 0..<50 { #expect(await shopper.add("spoon", to: "cart-\(cart)", key: "after-\(cart)") == .acknowledged) }
      #expect(await up.stop() == 0)
    }

    @Test(.timeLimit(.minutes(2)))
    func `with reloading off a node goes on with what it read at its start, until SIGHUP`() async throws {
      let folder = try TemporaryFolder()
      let cluster = try await ProxiedCluster.start(folder, ["--reload-certificates", "off"])
      let (up, node) = (cluster.up, cluster.node)
      let ca = try await OpenSSLAuthority(in: folder.path + "/new-ca")
      try await ca.issue(to: folder.path + "/new", uris: ["spiffe://shopstream/gateway/gateway"])
      let roots = up.data + "/ca/certificate.pem"
      let old = try String(contentsOfFile: roots, encoding: .utf8)
      try (old + ca.certificate).write(toFile: roots, atomically: true, encoding: .utf8)
      for name in ["node-1", "gateway"] {
        #expect(await eventually(within: .seconds(30)) { up.log(of: name).contains("were read again") }, "\(up.log(of: name).suffix(600))")
      }

      // Who comes with a certificate of the new authority is let in where it was read, and refused where it was not.
      let gateway = try await GatewayByHand.start(
        "new", of: up, folder, ["--certificate", folder.path + "/new/certificate.pem", "--key", folder.path + "/new/key.pem"])
      #expect(await gateway.shopper.add("mug", to: cluster.near[0], key: "1") == .acknowledged)
      let answer = try await gateway.shopper.addOnce("mug", to: cluster.distant[0], key: "1")
      let problem = try #require(answer.problem, "node-2 knows the new authority: \(answer.status)")
      #expect(problem.executed == "no", "\(problem)")
      #expect(node.log.contains("handshake: the peer's certificate was refused"), "\(node.log)")
      #expect(!node.log.contains("were read again"))

      kill(node.command.identifier, SIGHUP)
      #expect(await gateway.shopper.add("mug", to: cluster.distant[0], key: "1") == .acknowledged)
      #expect(node.log.contains("certificate, key and roots were read again"), "\(node.log)")

      // What cannot be used changes nothing, and ends nobody.
      try "no certificate".write(toFile: roots, atomically: true, encoding: .utf8)
      kill(node.command.identifier, SIGHUP)
      #expect(await eventually { node.log.contains("the old stays in force") }, "\(node.log)")
      #expect(await gateway.shopper.add("mug", to: cluster.distant[0], key: "2") == .acknowledged)
      try (old + ca.certificate).write(toFile: roots, atomically: true, encoding: .utf8)
      await gateway.stop()
      await cluster.stop()
    }

    /// One add after another into carts of its own, each tried once.
    private static func load(_ shopper: Shopper, until isDone: borrowing Atomic<Bool>) async throws -> (sent: Int, failed: [String]) {
      var (sent, failed) = (0, [String]())
      while !isDone.load(ordering: .relaxed) {
        sent += 1
        let answer = try await shopper.addOnce("mug", to: "cart-\(sent % 50)", key: "key-\(sent)")
        if answer.status != 200 { failed.append("\(answer.status) \(answer.problem?.detail ?? "")") }
      }
      return (sent, failed)
    }

    /// Until each process says that it has read its files again so many times.
    private static func waitForRereads(_ count: Int, _ up: UpProcess) async throws {
      for process in processes {
        let name = String(process.split(separator: "/")[1])
        let hasRead = await eventually(within: .seconds(30)) {
          up.log(of: name).split(separator: "\n").count { $0.contains("were read again") } >= count
        }
        #expect(hasRead, "\(name) has not read its certificates again: \(up.log(of: name).suffix(600))")
      }
    }
  }
}
