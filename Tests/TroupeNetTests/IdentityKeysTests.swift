// Ed25519 keys: what they sign, what they refuse, and files of them that change.
import ChildPrograms
import Foundation
import Testing

@testable import TroupeNet

@Suite struct IdentityKeysTests {
  private static func bytes(_ hex: String) -> [UInt8] {
    stride(from: 0, to: hex.utf8.count, by: 2).compactMap { UInt8(hex.dropFirst($0).prefix(2), radix: 16) }
  }

  private static func verifies(_ key: VerifyingKey, _ signature: [UInt8], _ message: [UInt8]) -> Bool {
    key.verifies(signature.span.bytes, of: message.span.bytes)
  }

  /// Source: RFC 8032, section 7.1, tests 2 and 3.
  @Test(arguments: [
    (
      "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
      "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
      "72",
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    ),
    (
      "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
      "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
      "af82",
      "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
    ),
  ])
  func theStandardsOwnVectors(seed: String, publicKey: String, message: String, signature: String) throws {
    let key = try #require(SigningKey(seed: Self.bytes(seed)))
    #expect(key.publicKey.bytes == Self.bytes(publicKey))
    let message = Self.bytes(message)
    let signed = key.sign(message.span.bytes)
    #expect(signed == Self.bytes(signature))
    #expect(Self.verifies(key.publicKey, Self.bytes(signature), message))
  }

  @Test func anySingleBitOfMessageOrSignatureCounts() {
    let key = SigningKey.generate()
    let message = Array("in whose name".utf8)
    let signature = key.sign(message.span.bytes)
    for bit in 0..<(signature.count * 8) {
      var changed = signature
      changed[bit / 8] ^= 1 << (bit % 8)
      #expect(!Self.verifies(key.publicKey, changed, message), "bit \(bit) of the signature")
    }
    for bit in 0..<(message.count * 8) {
      var changed = message
      changed[bit / 8] ^= 1 << (bit % 8)
      #expect(!Self.verifies(key.publicKey, signature, changed), "bit \(bit) of the message")
    }
    #expect(!Self.verifies(key.publicKey, Array(signature.dropLast()), message))
    #expect(!Self.verifies(SigningKey.generate().publicKey, signature, message))
    #expect(Self.verifies(key.publicKey, signature, message), "a failure leaves nothing behind")
  }

  @Test func whatIsNoKeyIsNone() {
    #expect(SigningKey(seed: [1, 2, 3]) == nil)
    #expect(VerifyingKey(bytes: [UInt8](repeating: 1, count: 31)) == nil)
  }

  // MARK: Files

  private struct Folder {
    let path: String
    init() throws {
      path = FileManager.default.temporaryDirectory.appendingPathComponent("identity-\(UUID().uuidString)").path
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }
    func write(_ text: String, to name: String = "keys.pem") throws -> String {
      try Data(text.utf8).write(to: URL(fileURLWithPath: "\(path)/\(name)"), options: .atomic)
      return "\(path)/\(name)"
    }
  }

  @Test func opensslAndWeReadEachOthersFiles() throws {
    let folder = try Folder()
    for command in ["genpkey -algorithm ed25519 -out key.pem", "pkey -in key.pem -pubout -out keys.pem"] {
      #expect(try ChildProgram.run("/usr/bin/env", ["openssl"] + command.split(separator: " ").map(String.init), in: folder.path).isSuccess)
    }
    let theirs = try SigningKey(file: folder.path + "/key.pem")
    #expect(try IdentityKeys(file: folder.path + "/keys.pem").ids == [theirs.publicKey.id])
    let own = SigningKey.generate()
    #expect(try SigningKey(file: folder.write(own.pem, to: "own.pem")).publicKey == own.publicKey)
    #expect(own.pem.hasPrefix("-----BEGIN PRIVATE KEY-----") && own.publicKey.pem.hasPrefix("-----BEGIN PUBLIC KEY-----"))
  }

  @Test func filesThatHoldNoKeysAreRefusedByName() throws {
    let folder = try Folder()
    let good = SigningKey.generate()
    for command in ["genpkey -algorithm rsa -out rsa.pem", "pkey -in rsa.pem -pubout -out rsa-public.pem"] {
      #expect(try ChildProgram.run("/usr/bin/env", ["openssl"] + command.split(separator: " ").map(String.init), in: folder.path).isSuccess)
    }
    let rsa = try String(contentsOfFile: folder.path + "/rsa-public.pem", encoding: .utf8)
    let halved = good.publicKey.pem + good.publicKey.pem.prefix(60)
    for text in ["", "no key at all", String(halved), good.publicKey.pem + rsa, good.pem] {
      let path = try folder.write(text)
      let error = #expect(throws: NetError.self, "\(text)") { try IdentityKeys(file: path) }
      #expect(error?.code == "identity-keys" && error?.description.contains(path) == true, "\(error?.description ?? "")")
    }
    let missing = #expect(throws: NetError.self) { try IdentityKeys(file: folder.path + "/none.pem") }
    #expect(missing?.description.contains("No such file") == true)
    for path in [folder.path + "/rsa.pem", folder.path + "/rsa-public.pem", folder.path + "/none.pem"] {
      #expect(#expect(throws: NetError.self) { try SigningKey(file: path) }?.code == "identity-key")
    }
  }

  @Test func aKeyIsReplacedInThreeSteps() throws {
    let folder = try Folder()
    let (old, new) = (SigningKey.generate().publicKey, SigningKey.generate().publicKey)
    let keys = try IdentityKeys(file: folder.write(old.pem))
    #expect(keys.look().isEmpty && keys.version == 0)
    _ = try folder.write(old.pem + new.pem)
    #expect(keys.look().isEmpty, "it may still be written")
    #expect(keys.look().count == 1)
    #expect(keys.key(old.id) == old && keys.key(new.id) == new && keys.version == 1)
    _ = try folder.write("half a ke")
    _ = keys.look()
    let news = keys.look()
    guard case .refused(let error)? = news.first else { return #expect(Bool(false), "\(news)") }
    #expect(error.code == "identity-keys")
    #expect(keys.key(new.id) == new && keys.version == 1, "the old ones stay in force")
    #expect(throws: NetError.self) { try keys.reload() }
    _ = try folder.write(new.pem)
    #expect(try keys.reload().count == 1)
    #expect(keys.key(old.id) == nil && keys.ids == [new.id] && keys.version == 2)
  }
}
