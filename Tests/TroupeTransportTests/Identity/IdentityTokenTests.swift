// The vectors of tokens: our code and a decoder in Python that shares nothing with it must both agree.
import ChildPrograms
import Foundation
import Testing
import TroupeNet

@testable import TroupeTransport

@Suite("Identity tokens")
struct IdentityTokenTests {
  struct File: Decodable {
    struct Key: Decodable {
      let seed: String
      let `public`: String
    }
    struct Vector: Decodable, Sendable, CustomTestStringConvertible {
      let name: String
      let hex: String
      let fields: [String: String]
      var testDescription: String { name }
    }
    struct Refused: Decodable, Sendable, CustomTestStringConvertible {
      let name: String
      let hex: String
      var testDescription: String { name }
    }
    let keys: [Key]
    let tokens: [Vector]
    let refused: [Refused]
  }

  static let path = FrameVectorsTests.here.appendingPathComponent("../../protocols/vectors/identities.json").standardizedFileURL
  static let file: File = {
    do {
      return try JSONDecoder().decode(File.self, from: Data(contentsOf: path))
    } catch {
      fatalError("\(path.path) cannot be read: \(error)")
    }
  }()
  static let signers: [SigningKey] = file.keys.compactMap { FrameVectorsTests.bytes($0.seed).flatMap { SigningKey(seed: $0) } }

  @Test("keys come out of their seeds")
  func keys() throws {
    #expect(Self.signers.count == Self.file.keys.count)
    for (signer, key) in zip(Self.signers, Self.file.keys) { #expect(signer.publicKey.bytes == FrameVectorsTests.bytes(key.public)) }
  }

  @Test("a token says what the vector says, and we write the same bytes", arguments: file.tokens)
  func token(vector: File.Vector) throws {
    let bytes = try #require(FrameVectorsTests.bytes(vector.hex))
    let identity = try SignedIdentity(token: bytes)
    let signer = Self.signers.first { $0.publicKey.id == identity.issuer }
    let isSigned = signer.map { identity.isSigned(by: $0.publicKey) } ?? false
    let fields = [
      "subject": identity.subject, "audience": identity.audience, "issued": "\(identity.issued.milliseconds)",
      "expires": "\(identity.expires.milliseconds)", "roles": identity.roles.joined(separator: " "), "issuer": "\(identity.issuer)",
      "signed": isSigned ? "yes" : "no",
    ]
    #expect(fields == vector.fields)
    guard isSigned, let signer else { return }
    let parts = IdentityToken.Parts(
      subject: identity.subject, audience: identity.audience, issued: UInt64(identity.issued.milliseconds),
      expires: UInt64(identity.expires.milliseconds), roles: identity.roles)
    #expect(try IdentityToken.write(parts, signedBy: signer) == bytes)
  }

  @Test("what is no token is refused", arguments: file.refused)
  func refused(vector: File.Refused) throws {
    let bytes = try #require(FrameVectorsTests.bytes(vector.hex))
    let why = #expect(throws: IdentityRefusal.self) { try SignedIdentity(token: bytes) }
    guard case .malformed? = why else { return #expect(Bool(false), "\(String(describing: why))") }
  }

  @Test("a token cut short anywhere is refused")
  func cut() throws {
    let whole = try #require(FrameVectorsTests.bytes(Self.file.tokens[0].hex))
    for count in 0..<whole.count { #expect(throws: IdentityRefusal.self) { try SignedIdentity(token: Array(whole.prefix(count))) } }
  }

  @Test("nobody signs what no node would take")
  func unwritable() throws {
    let now = WallTime(milliseconds: 1_000)
    let issuer = IdentityIssuer(key: .generate(), cluster: "test")
    for (subject, roles) in [
      ("", []), (String(repeating: "s", count: 256), []), ("a", Array(repeating: "r", count: 17)), ("a", [""]),
      ("a", [String(repeating: "r", count: 64)]), ("a", Array(repeating: String(repeating: "r", count: 63), count: 15)),
    ] {
      #expect(throws: IdentityRefusal.self, "\(subject) \(roles)") { try issuer.identity(of: subject, roles: roles, now: now) }
    }
  }

  @Test("the independent decoder agrees")
  func python() throws {
    let decoder = FrameVectorsTests.here.appendingPathComponent("../Support/Vectors/decode_identities.py").standardizedFileURL
    let outcome = try ChildProgram.run("/usr/bin/env", ["python3", decoder.path, Self.path.path])
    #expect(outcome.isSuccess, "\(outcome.outputText)\(outcome.errorText)")
    #expect(outcome.outputText == "\(Self.file.tokens.count) tokens agree, \(Self.file.refused.count) are refused\n")
  }
}
