// Certificates for a test's processes, made once a run with the openssl command.
import ChildPrograms
import Foundation
import TroupeNet

struct TestCertificates: Sendable {
  static let shared = Result { try TestCertificates() }

  private let folder: URL

  private init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("troupe-transport-\(ProcessInfo.processInfo.processIdentifier)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try openssl("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.crt -days 2 -subj /CN=ca")
    try make("n1", "node")
    try make("n2", "node")
    try make("g1", "gateway")
  }

  func context(_ name: String) throws -> TLSContext {
    func path(_ file: String) -> String { folder.appendingPathComponent(file).path }
    return try TLSContext(certificate: path("\(name).crt"), key: path("\(name).key"), roots: path("ca.crt"), trustDomain: "test")
  }

  private func make(_ name: String, _ role: String) throws {
    try openssl("req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout \(name).key -out \(name).csr -subj /CN=\(name)")
    let extensions = "subjectAltName=URI:spiffe://test/\(role)/\(name)\nbasicConstraints=critical,CA:FALSE\n"
    try Data(extensions.utf8).write(to: folder.appendingPathComponent("\(name).ext"))
    try openssl("x509 -req -in \(name).csr -CA ca.crt -CAkey ca.key -CAcreateserial -out \(name).crt -days 2 -extfile \(name).ext")
  }

  private struct Failed: Error { let command: String }

  private func openssl(_ arguments: String) throws {
    let words = ["openssl"] + arguments.split(separator: " ").map(String.init)
    guard try ChildProgram.run("/usr/bin/env", words, in: folder.path).isSuccess else { throw Failed(command: arguments) }
  }
}
