// Certificates, good and bad, made by the openssl command in a temporary folder, once for all tests.
import Foundation
import TroupeNet

struct Certificates: Sendable {
  static var shared: Certificates { get throws { try made.get() } }
  private static let made = Result { try Certificates() }

  let folder: String

  private init() throws {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("troupe-net-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    folder = url.path
    let (status, output) = try Self.run("/bin/sh", ["-c", Self.script], in: folder)
    guard status == 0 else { throw CommandFailed(output: output) }
  }

  func path(_ name: String) -> String { "\(folder)/\(name)" }

  func context(_ name: String, roots: String = "ca", trustDomain: String = "test") throws -> TLSContext {
    try TLSContext(
      certificate: path("\(name).crt"), key: path("\(name).key"), roots: path("\(roots).crt"), trustDomain: trustDomain)
  }

  /// Many at once were seen to end the test process inside Foundation.
  private static let starting = NSLock()

  /// Runs a command to its end; the output holds both streams.
  @discardableResult
  static func run(_ command: String, _ arguments: [String], in folder: String? = nil) throws -> (Int32, String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: command)
    process.arguments = arguments
    if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    process.standardInput = FileHandle.nullDevice
    try starting.withLock { try process.run() }
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
  }

  struct CommandFailed: Error { let output: String }

  private static let script = """
    set -e
    ec="-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
    authority() {
      openssl req -x509 $ec -keyout $1.key -out $1.crt -days 30 -subj /CN=$1 \
        -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign
    }
    # leaf NAME CA SAN [DATES [CONSTRAINTS]]
    leaf() {
      openssl req $ec -keyout $1.key -out $1.csr -subj /CN=$1
      printf 'basicConstraints=critical,%s\\nkeyUsage=critical,digitalSignature%s\\n' "${5:-CA:FALSE}" "${6:-}" > $1.ext
      [ -z "$3" ] || echo "subjectAltName=$3" >> $1.ext
      openssl x509 -req -in $1.csr -CA $2.crt -CAkey $2.key -CAcreateserial -out $1.crt ${4:--days 30} -extfile $1.ext
    }
    authority ca
    authority other-ca
    for name in n1 n2; do leaf $name ca URI:spiffe://test/node/$name; done
    leaf unknown other-ca URI:spiffe://test/node/n1
    leaf foreign ca URI:spiffe://elsewhere/node/n1
    leaf two ca URI:spiffe://test/node/n1,URI:spiffe://test/node/n2
    leaf none ca DNS:n1
    leaf web ca URI:https://test/node/n1
    leaf expired ca URI:spiffe://test/node/n1 '-days -1'
    leaf signer ca URI:spiffe://test/node/n1 '-days 30' CA:TRUE ,keyCertSign
    """
}
