// The key pair that `up` makes: there before anybody needs it, and never replaced.

import Foundation
import Testing
import Troupe

@testable import ShopstreamCommand

struct IdentityKeyFilesTests {
  private func text(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

  @Test func `both halves are made once, and the private one is its owner's alone`() throws {
    let folder = try TemporaryFolder()
    let directory = DataDirectory(folder.path)
    let files = IdentityKeyFiles(directory)
    #expect(try files.issuer(key: nil, cluster: "c") == nil, "without a key nobody signs")
    try files.prepare()
    let (key, keys) = (try text(files.key), try text(files.keys))
    #expect(try FileManager.default.attributesOfItem(atPath: files.key)[.posixPermissions] as? Int == 0o600)
    try files.prepare()
    #expect(try text(files.key) == key && text(files.keys) == keys)
    let issuer = try #require(try files.issuer(key: nil, cluster: "c"))
    guard case .signed(let trusted) = try IdentityChoice.signed.policy(keys: nil, in: directory) else {
      return #expect(Bool(false), "signed is signed")
    }
    #expect(trusted.key(issuer.publicKey.id) == issuer.publicKey)
  }

  @Test func `a new private key goes beside the keys that nodes know`() throws {
    let folder = try TemporaryFolder()
    let files = IdentityKeyFiles(DataDirectory(folder.path))
    try files.prepare()
    let old = try #require(try files.issuer(key: nil, cluster: "c")).publicKey
    try FileManager.default.removeItem(atPath: files.key)
    try files.prepare()
    let new = try #require(try files.issuer(key: nil, cluster: "c")).publicKey
    #expect(try Set(IdentityKeys(file: files.keys).ids) == [old.id, new.id] && old != new)
    try FileManager.default.removeItem(atPath: files.keys)
    try files.prepare()
    #expect(try IdentityKeys(file: files.keys).ids == [new.id])
  }

  @Test func `what cannot be used is refused in a sentence, and left as it is`() throws {
    let folder = try TemporaryFolder()
    let directory = DataDirectory(folder.path)
    let files = IdentityKeyFiles(directory)
    let missing = #expect(throws: Refusal.self) { try IdentityChoice.signed.policy(keys: nil, in: directory) }
    #expect(missing?.sentence.contains("--identities unsigned") == true)
    guard case .unsigned = try IdentityChoice.unsigned.policy(keys: nil, in: directory) else {
      return #expect(Bool(false), "unsigned needs no keys")
    }
    try PlainFile.makeFolder(files.folder)
    try PlainFile.write("no key", to: files.key)
    #expect(throws: Refusal.self) { try files.prepare() }
    #expect(throws: Refusal.self) { try files.issuer(key: nil, cluster: "c") }
    #expect(try text(files.key) == "no key")
  }

  @Test func `up hands its choice on to its nodes`() throws {
    var plan = UpPlan(directory: DataDirectory("/d"), nodes: 1, loops: 1, port: 1, adminPort: 2, nodePorts: [3])
    for choice in IdentityChoice.allCases {
      plan.identities = choice
      let node = try ShopstreamCommand.parseAsRoot(plan.command(for: "node-1", executable: "x").arguments) as? NodeCommand
      #expect(node?.identities == choice)
    }
    let gateway = try ShopstreamCommand.parseAsRoot(plan.command(for: "gateway", executable: "x").arguments) as? GatewayCommand
    #expect(gateway?.development == true)
  }
}
