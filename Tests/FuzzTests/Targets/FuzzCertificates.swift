// Certificates for two ends of TLS, made once a process with the openssl command: no key lies in the tree.
import Foundation
import TroupeNet

enum FuzzCertificates {
  struct Unavailable: Error { let reason: String }

  static let contexts: Result<(server: TLSContext, client: TLSContext), any Error> = Result {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("troupe-fuzz-\(ProcessInfo.processInfo.processIdentifier)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", script]
    process.currentDirectoryURL = folder
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw Unavailable(reason: "openssl did not make certificates") }
    func context(_ name: String) throws -> TLSContext {
      func path(_ file: String) -> String { folder.appendingPathComponent(file).path }
      return try TLSContext(certificate: path("\(name).crt"), key: path("\(name).key"), roots: path("ca.crt"), trustDomain: "test")
    }
    return (try context("n1"), try context("g1"))
  }

  private static let script = """
    set -e
    ec="-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
    openssl req -x509 $ec -keyout ca.key -out ca.crt -days 30 -subj /CN=ca
    leaf() {
      openssl req $ec -keyout $1.key -out $1.csr -subj /CN=$1
      printf 'subjectAltName=URI:spiffe://test/%s/%s\\nbasicConstraints=critical,CA:FALSE\\n' $2 $1 > $1.ext
      openssl x509 -req -in $1.csr -CA ca.crt -CAkey ca.key -CAcreateserial -out $1.crt -days 30 -extfile $1.ext
    }
    leaf n1 node
    leaf g1 gateway
    """
}
