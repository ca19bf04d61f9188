// The key pair with which a development gateway signs in whose name calls are made. Like the development CA it lies beside the data; a
// production cluster brings its own, and gives the private half to gateways alone.

import Foundation
import Troupe

struct IdentityKeyFiles {
  let folder: String
  /// For the gateway.
  var key: String { folder + "/key.pem" }
  /// For nodes.
  var keys: String { folder + "/keys.pem" }

  init(_ directory: DataDirectory) { folder = directory.path + "/identity" }

  /// Refuses what is there and cannot be used.
  func check() throws(Refusal) {
    if FileManager.default.fileExists(atPath: key) { _ = try read(key) }
    if FileManager.default.fileExists(atPath: keys) { _ = try Self.trusted(keys) }
  }

  /// Makes what is not there. What is there is never replaced: a key may be on its way in or out.
  func prepare() throws(Refusal) {
    let manager = FileManager.default
    let pair: SigningKey
    if manager.fileExists(atPath: key) {
      pair = try read(key)
    } else {
      pair = .generate()
      try PlainFile.makeFolder(folder)
      // First the public half: a gateway must not sign with a key that no node knows.
      let known = manager.fileExists(atPath: keys) ? try readText(keys) : ""
      try PlainFile.write(known + pair.publicKey.pem, to: keys)
      try PlainFile.write(pair.pem, to: key, mode: PlainFile.privateMode)
    }
    if !manager.fileExists(atPath: keys) { try PlainFile.write(pair.publicKey.pem, to: keys) }
  }

  /// Signs with the named key, or with the one that `up` made; nil when there is none of either.
  func issuer(key named: String?, cluster: String) throws(Refusal) -> IdentityIssuer? {
    if named == nil, !FileManager.default.fileExists(atPath: key) { return nil }
    do {
      return try IdentityIssuer(keyFile: named ?? key, cluster: cluster)
    } catch {
      throw Refusal("\(error)".sentence)
    }
  }

  /// The public keys of a file.
  static func trusted(_ path: String) throws(Refusal) -> IdentityKeys {
    do {
      return try IdentityKeys(file: path)
    } catch {
      throw Refusal("\(error)".sentence)
    }
  }

  private func read(_ path: String) throws(Refusal) -> SigningKey {
    do {
      return try SigningKey(file: path)
    } catch {
      throw Refusal("\(error)".sentence)
    }
  }

  private func readText(_ path: String) throws(Refusal) -> String {
    do {
      return try String(contentsOfFile: path, encoding: .utf8)
    } catch {
      throw Refusal("The identity keys \(path) cannot be read (\(SystemError.describe(error))).")
    }
  }
}
