// Real keys and certificates in a temporary folder.

import Foundation
import Testing
import X509

@testable import ShopstreamCommand

struct CredentialsTests {
  let folder: TemporaryFolder
  let directory: DataDirectory
  let holders: [CertificateHolder] = [.node("node-1"), .gateway, .operator]

  init() throws {
    folder = try TemporaryFolder()
    directory = DataDirectory(folder.path)
  }

  func prepare(at now: Date = Date()) throws -> [String] {
    try Credentials.prepare(holders, in: directory, trustDomain: "shop", now: now)
  }

  func certificate(_ holder: CertificateHolder) throws -> Certificate {
    try #require(try KeyPair.read(directory.certificate(of: holder))).certificate
  }

  @Test func `a leaf names exactly its holder, is no CA, and serves both ends`() throws {
    _ = try prepare()
    let leaf = try certificate(.node("node-1"))
    let names = try #require(try leaf.extensions.subjectAlternativeNames)
    #expect(Array(names) == [.uniformResourceIdentifier("spiffe://shop/node/node-1")])
    #expect(try leaf.extensions.basicConstraints == .notCertificateAuthority)
    let usage = try #require(try leaf.extensions.extendedKeyUsage)
    #expect(Set(usage) == [.serverAuth, .clientAuth])
    #expect(leaf.notValidBefore < Date())
    let roles = try [CertificateHolder.gateway, .operator].map {
      Array(try #require(try certificate($0).extensions.subjectAlternativeNames))
    }
    #expect(
      roles == [
        [.uniformResourceIdentifier("spiffe://shop/gateway/gateway")], [.uniformResourceIdentifier("spiffe://shop/operator/operator")],
      ])
  }

  @Test func `keys are private`() throws {
    _ = try prepare()
    for files in holders.map({ directory.certificate(of: $0) }) + [directory.authority] {
      let attributes = try FileManager.default.attributesOfItem(atPath: files.key)
      #expect((attributes[.posixPermissions] as? Int) == 0o600)
    }
  }

  @Test func `the leaf verifies against its CA and not against another`() throws {
    _ = try prepare()
    let ours = try Authority.open(directory.authority, trustDomain: "shop")
    let other = try Authority.make(trustDomain: "shop", now: Date())
    #expect(try ours.signed(certificate(.gateway)))
    #expect(try !other.signed(certificate(.gateway)))
  }

  @Test func `what is near its expiry is made anew, the rest is kept`() throws {
    _ = try prepare()
    let before = try certificate(.gateway)
    #expect(try prepare().isEmpty)
    #expect(try certificate(.gateway) == before)
    let later = Date().addingTimeInterval(CertificateLifetimes.leaf - CertificateLifetimes.renewWithin + 60)
    #expect(try prepare(at: later).count == holders.count)
    #expect(try certificate(.gateway).notValidAfter > before.notValidAfter)
  }

  @Test func `one that is missing is made alone`() throws {
    _ = try prepare()
    let kept = try certificate(.operator)
    try FileManager.default.removeItem(atPath: directory.certificate(of: .gateway).folder)
    #expect(try prepare() == ["Made a certificate for gateway: there was none."])
    #expect(try certificate(.operator) == kept)
  }

  @Test func `without its CA everything is signed anew`() throws {
    _ = try prepare()
    try FileManager.default.removeItem(atPath: directory.authority.folder)
    #expect(try prepare().count == holders.count)
  }

  @Test func `an unreadable CA is named, and nothing is written`() throws {
    try FileManager.default.createDirectory(atPath: directory.authority.folder, withIntermediateDirectories: true)
    try folder.write("junk", to: "ca/certificate.pem")
    let refusal = #expect(throws: Refusal.self) { try prepare() }
    #expect(refusal?.sentence.contains(directory.authority.certificate) == true)
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == ["ca"])
  }

  @Test func `a CA past its time is refused`() throws {
    _ = try prepare()
    #expect(throws: Refusal.self) { try prepare(at: Date().addingTimeInterval(CertificateLifetimes.authority + 60)) }
  }
}
