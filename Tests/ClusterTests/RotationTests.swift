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
      let ca = try await NewAuthority(in: folder.path + "/new-ca")
      // The new one beside the old; certificates of the new one; the old one taken out.
      try (old + ca.certificate).write(toFile: roots, atomically: true, encoding: .utf8)
      try await Self.waitForRereads(1, up)
      for process in Self.processes { try await ca.issue(to: "\(up.data)/\(process)", name: process) }
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

/// A certificate authority made with the openssl command, as an operator would.
struct NewAuthority {
  let folder: String
  let certificate: String

  init(in folder: String) async throws {
    self.folder = folder
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try await Self.openssl(
      "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout \(folder)/ca.key -out \(folder)/ca.crt -days 2 -subj /CN=new "
        + "-addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign")
    certificate = try String(contentsOfFile: folder + "/ca.crt", encoding: .utf8)
  }

  /// Writes key and certificate over what is there. `name` is "nodes/node-1" or the like.
  func issue(to place: String, name: String) async throws {
    let parts = name.split(separator: "/")
    let (key, request, file) = (folder + "/leaf.key", folder + "/leaf.csr", folder + "/leaf.ext")
    try await Self.openssl("req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout \(key) -out \(request) -subj /CN=\(parts[1])")
    let extensions = """
      basicConstraints=critical,CA:FALSE
      keyUsage=critical,digitalSignature
      extendedKeyUsage=serverAuth,clientAuth
      subjectAltName=URI:spiffe://shopstream/\(parts[0].dropLast())/\(parts[1])
      """
    try extensions.write(toFile: file, atomically: true, encoding: .utf8)
    try await Self.openssl(
      "x509 -req -in \(request) -CA \(folder)/ca.crt -CAkey \(folder)/ca.key -CAcreateserial -out \(folder)/leaf.crt -days 2 -extfile \(file)"
    )
    for (from, to) in [(key, "key.pem"), (folder + "/leaf.crt", "certificate.pem")] {
      try String(contentsOfFile: from, encoding: .utf8).write(toFile: "\(place)/\(to)", atomically: false, encoding: .utf8)
    }
  }

  private struct Failed: Error { let text: String }

  private static func openssl(_ arguments: String) async throws {
    let result = try await Shopstream.run("/usr/bin/env", ["openssl"] + arguments.split(separator: " ").map(String.init))
    guard result.code == 0 else { throw Failed(text: "openssl \(arguments): \(result.errors)") }
  }
}
