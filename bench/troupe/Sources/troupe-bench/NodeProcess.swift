// The server: a node as it runs in production, with its certificate and a SQLite store. Prints `ready PORT[,PORT]`.
import Glibc
import Troupe
import TroupeSQLite

enum NodeProcess {
  static func run(certificates: String, store directory: String, loops: Int, sheds: Bool, isSigned: Bool) async throws {
    let tls = try TLSContext(
      certificate: certificates + "/node.crt", key: certificates + "/node.key", roots: certificates + "/ca.crt", trustDomain: "bench")
    var configuration = NodeConfiguration(cluster: "bench", id: "bench-1", loops: loops, pinsLoops: true, tls: tls)
    if isSigned { configuration.identities = .signed(IdentityKeys([Identities.key.publicKey])) }
    if !sheds { configuration.overload = .off }
    let node = try await Node.start(
      configuration,
      store: try SQLiteStore.open(directory: directory)
    ) {
      $0.register(Counter.self)
      $0.register(Relay.self)
      $0.register(Ledger.self)
      $0.register(Blob.self)
    }
    let ports = node.addresses.compactMap { SocketAddress($0).map { String($0.port) } }
    print("ready \(ports.joined(separator: ","))")
    fflush(nil)
    await ended()
    await node.stop()
  }

  /// Returns when the process is asked to end.
  private static func ended() async {
    signal(SIGTERM, SIG_IGN)
    let source = DispatchSignal(SIGTERM)
    await source.wait()
  }
}
