// A certificate authority run with the openssl command, as an operator would, and certificates that ours would not make.

import Foundation

@testable import ShopstreamCommand

struct OpenSSLAuthority {
  let folder: String
  let certificate: String
  private let files: (certificate: String, key: String)

  /// A new one.
  init(in folder: String) async throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try await Self.openssl(
      "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout \(folder)/ca.key -out \(folder)/ca.crt -days 2 -subj /CN=new "
        + "-addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign")
    try self.init(folder, certificate: folder + "/ca.crt", key: folder + "/ca.key")
  }

  /// The one that `up` has made.
  init(of directory: DataDirectory, in folder: String) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try self.init(folder, certificate: directory.authority.certificate, key: directory.authority.key)
  }

  private init(_ folder: String, certificate: String, key: String) throws {
    self.folder = folder
    files = (certificate, key)
    self.certificate = try String(contentsOfFile: certificate, encoding: .utf8)
  }

  /// Writes key and certificate over what is in `place`.
  func issue(to place: String, uris: [String], signsOthers: Bool = false) async throws {
    let (key, request, file) = (folder + "/leaf.key", folder + "/leaf.csr", folder + "/leaf.ext")
    try await Self.openssl("req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout \(key) -out \(request) -subj /CN=leaf")
    let extensions = """
      basicConstraints=critical,CA:\(signsOthers ? "TRUE" : "FALSE")
      keyUsage=critical,digitalSignature\(signsOthers ? ",keyCertSign" : "")
      extendedKeyUsage=serverAuth,clientAuth
      subjectAltName=\(uris.map { "URI:" + $0 }.joined(separator: ","))
      """
    try extensions.write(toFile: file, atomically: true, encoding: .utf8)
    try await Self.openssl(
      "x509 -req -in \(request) -CA \(files.certificate) -CAkey \(files.key) -CAserial \(folder)/serial -CAcreateserial "
        + "-out \(folder)/leaf.crt -days 2 -extfile \(file)")
    try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
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

extension Authority {
  /// A leaf of ours that runs out so long from now, or has; it was valid for a year.
  func issue(to holder: CertificateHolder, in folder: String, endingIn rest: TimeInterval, trustDomain: String = UpPlan.cluster) throws
    -> CertificateFiles
  {
    let files = CertificateFiles(folder: folder)
    try issue(to: holder, trustDomain: trustDomain, now: Date(timeIntervalSinceNow: rest - CertificateLifetimes.leaf)).write(files)
    return files
  }
}
