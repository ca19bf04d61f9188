// In whose name calls are made, on real processes: what the gateway signs counts, what a stranger signs does not, until his key is
// trusted; and nodes that look at no signatures take it all.

import ChildPrograms
import Foundation
import Testing
import Troupe

@testable import ShopstreamCommand

extension OnRealProcesses {
  @Suite struct IdentityTests {
    /// One add in a user's name: the status, and the problem's type and sentence.
    private static func add(_ gateway: String, as user: String?, key: String) async throws -> String {
      let headers = (user.map { [("X-Shopstream-As", $0)] } ?? []) + [("Idempotency-Key", key)]
      let answer = try await Shopper(gateway).send(.POST, "/carts/\(key)/lines", .bytes(.init(string: #"{"sku":"mug"}"#)), headers: headers)
      return answer.problem.map { "\($0.status) \($0.type): \($0.detail)" } ?? "\(answer.status)"
    }

    /// A second gateway of the cluster, with a key of its own to sign with; and where it listens.
    private static func foreignGateway(_ up: UpProcess, _ folder: TemporaryFolder, _ more: [String]) async throws -> (
      RunningCommand, String
    ) {
      let command = try RunningCommand(
        ["gateway", "--data", up.data, "--port", "0", "--no-admin", "--identity-key", folder.path + "/foreign.pem", "--supervised"] + more,
        log: folder.path + "/foreign.log")
      let line = try #require(await command.lines.first { $0.contains("127.0.0.1:") })
      let address = try #require(line.firstMatch(of: #/127\.0\.0\.1:\d+/#))
      return (command, "http://\(address.output)")
    }

    @Test(.timeLimit(.minutes(3)))
    func `only what a trusted key has signed counts, and a key becomes trusted without a restart`() async throws {
      let folder = try TemporaryFolder()
      let up = try await UpProcess(data: folder.path + "/data")
      let foreign = SigningKey.generate()
      try foreign.pem.write(toFile: folder.path + "/foreign.pem", atomically: true, encoding: .utf8)
      let (gateway, url) = try await Self.foreignGateway(up, folder, ["--development"])

      #expect(try await Self.add(up.gateway, as: "alice customer", key: "a1") == "200")
      #expect(try await Self.add(up.gateway, as: nil, key: "a2") == "200")
      #expect(try await Self.add(url, as: nil, key: "f0") == "200", "without a name it is a gateway like any other")
      // Carts on every node: it does not matter which one is asked.
      for number in 0..<20 {
        #expect(
          try await Self.add(url, as: "alice", key: "f\(number)")
            == "403 /problems/identity-refused: the caller's identity is signed by \(foreign.publicKey.id), which is no key that this node trusts."
        )
      }
      #expect(try await Shopper(up.gateway).contents(of: "f1") == [:], "a refused call is not made")
      for node in up.nodes {
        #expect(up.log(of: node.id).contains("was refused: the caller's identity is signed by \(foreign.publicKey.id)"), "\(node.id)")
      }

      let keys = up.data + "/identity/keys.pem"
      let old = try String(contentsOfFile: keys, encoding: .utf8)
      try (old + foreign.publicKey.pem).write(toFile: keys, atomically: true, encoding: .utf8)
      for node in up.nodes {
        let hasRead = await eventually(within: .seconds(30)) { up.log(of: node.id).contains("the identity keys have changed") }
        #expect(hasRead, "\(node.id): \(up.log(of: node.id).suffix(400))")
      }
      for number in 0..<20 { #expect(try await Self.add(url, as: "alice", key: "g\(number)") == "200") }
      #expect(await gateway.stop() == 0)

      let (strict, strictURL) = try await Self.foreignGateway(up, folder, [])
      #expect(
        try await Self.add(strictURL, as: "alice", key: "s").hasPrefix("403 /problems/identity-refused: This gateway takes nobody's word"))
      #expect(await strict.stop() == 0)
      #expect(await up.stop() == 0)
      for name in ["node-1", "node-2", "node-3", "gateway"] { #expect(!up.log(of: name).contains("PRIVATE"), "\(name) logs a key") }
    }

    @Test(.timeLimit(.minutes(3)))
    func `nodes that take any name take a stranger's too`() async throws {
      let folder = try TemporaryFolder()
      let up = try await UpProcess(data: folder.path + "/data", nodes: 2, ["--identities", "unsigned"])
      try SigningKey.generate().pem.write(toFile: folder.path + "/foreign.pem", atomically: true, encoding: .utf8)
      let (gateway, url) = try await Self.foreignGateway(up, folder, ["--development"])
      for number in 0..<20 { #expect(try await Self.add(url, as: "alice", key: "f\(number)") == "200") }
      #expect(await gateway.stop() == 0)
      #expect(await up.stop() == 0)
    }

    @Test(.timeLimit(.minutes(1)))
    func `a node and a gateway say which keys they cannot use`() async throws {
      let folder = try TemporaryFolder()
      let directory = DataDirectory(folder.path + "/data")
      try Credentials.prepare([.node("node-1"), .gateway], in: directory, trustDomain: UpPlan.cluster)
      let node = ["node", "--id", "node-1", "--data", directory.path]
      let without = try await Shopstream.run(node)
      #expect(without.code != 0 && without.errors.contains("There are no identity keys at"), "\(without.errors)")
      try "no key".write(toFile: folder.path + "/bad.pem", atomically: true, encoding: .utf8)
      let bad = try await Shopstream.run(node + ["--identity-keys", folder.path + "/bad.pem"])
      #expect(bad.code != 0 && bad.errors.contains("Cannot use the identity keys \(folder.path)/bad.pem"), "\(bad.errors)")
    }
  }
}
