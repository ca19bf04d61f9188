// Certificates, good and bad, made by the openssl command in a temporary folder, once for all tests.
import ChildPrograms
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

  /// A folder with copies under the names certificate.pem, key.pem, roots.pem, for a test that changes them.
  func changing(_ name: String, roots: String = "ca") throws -> ChangingFiles {
    let changing = try ChangingFiles(path("changing-\(UUID().uuidString)"), from: self)
    try changing.put(certificate: name)
    try changing.put(key: name)
    try changing.put(roots: roots)
    return changing
  }

  /// Runs a command to its end; the output holds both streams.
  @discardableResult
  static func run(_ command: String, _ arguments: [String], in folder: String? = nil) throws -> (Int32, String) {
    let outcome = try ChildProgram.run(command, arguments, in: folder)
    return (outcome.end.code, outcome.outputText + outcome.errorText)
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
    leaf revoker ca URI:spiffe://test/node/n1 '-days 30' CA:FALSE ,cRLSign
    leaf query ca 'URI:spiffe://test/node/n1?a=b'
    leaf fragment ca 'URI:spiffe://test/node/n1\\#a'
    leaf port ca URI:spiffe://test:80/node/n1
    leaf deep ca URI:spiffe://test/node/n1/x
    leaf shallow ca URI:spiffe://test/n1
    # Only the ca command sets a beginning.
    printf '[ca]\ndefault_ca=d\n[d]\ndatabase=index\nnew_certs_dir=.\nrand_serial=yes\npolicy=p\n[p]\ncommonName=supplied\n' > ca.cnf
    : > index
    later() {
      leaf $1 ca $2
      openssl ca -batch -config ca.cnf -cert ca.crt -keyfile ca.key -md sha256 -notext -in $1.csr -out $1.crt -extfile $1.ext \
        -startdate 20900101000000Z -enddate 20910101000000Z
    }
    later future URI:spiffe://test/node/n1
    # An intermediate, and a leaf below it with its chain.
    openssl req $ec -keyout middle.key -out middle.csr -subj /CN=middle
    printf 'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\n' > middle.ext
    openssl x509 -req -in middle.csr -CA ca.crt -CAkey ca.key -CAcreateserial -out middle.crt -days 30 -extfile middle.ext
    leaf below middle URI:spiffe://test/node/n3
    cat middle.crt >> below.crt
    cat ca.crt other-ca.crt > both.crt
    leaf n1-next other-ca URI:spiffe://test/node/n1
    """
}
