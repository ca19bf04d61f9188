// grpc-peer server CERTS [plaintext]                     prints `ready PORT` and serves until it is ended
// grpc-peer client CERTS PORT INFLIGHT CALLS [plaintext] prints one line of JSON
import GRPCCore
import GRPCNIOTransportHTTP2Posix
import Glibc
import NIOPosix

let isPlaintext = CommandLine.arguments.last == "plaintext"
let arguments = isPlaintext ? CommandLine.arguments.dropLast() : CommandLine.arguments
guard arguments.count == 3 || arguments.count == 6 else {
  print("usage: grpc-peer server CERTS [plaintext] | grpc-peer client CERTS PORT INFLIGHT CALLS [plaintext]")
  exit(64)
}
let certificates = arguments[2]

/// One thread a process, as the other benches have.
let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)

if arguments[1] == "server" {
  let transport = HTTP2ServerTransport.Posix(
    address: .ipv4(host: "127.0.0.1", port: 0),
    transportSecurity: isPlaintext
      ? .plaintext
      : .mTLS(
        certificateChain: [.file(path: certificates + "/node.crt", format: .pem)],
        privateKey: .file(path: certificates + "/node.key", format: .pem)
      ) { $0.trustRoots = .certificates([.file(path: certificates + "/ca.crt", format: .pem)]) },
    config: .defaults { $0.http2.maxConcurrentStreams = 4_096 },
    eventLoopGroup: group)
  let server = GRPCServer(transport: transport, services: [Counter.Service()])
  try await withThrowingTaskGroup(of: Void.self) { tasks in
    tasks.addTask { try await server.serve() }
    if let port = try await server.listeningAddress?.ipv4?.port {
      print("ready \(port)")
      fflush(nil)
    }
    try await tasks.waitForAll()
  }
} else {
  guard let port = Int(arguments[3]), let inFlight = Int(arguments[4]), let calls = Int(arguments[5]) else { exit(64) }
  let transport = try HTTP2ClientTransport.Posix(
    target: .ipv4(address: "127.0.0.1", port: port),
    transportSecurity: isPlaintext
      ? .plaintext
      : .mTLS(
        certificateChain: [.file(path: certificates + "/client.crt", format: .pem)],
        privateKey: .file(path: certificates + "/client.key", format: .pem)
      ) {
        $0.trustRoots = .certificates([.file(path: certificates + "/ca.crt", format: .pem)])
        $0.serverCertificateVerification = .noHostnameVerification
      },
    eventLoopGroup: group)
  let client = GRPCClient(transport: transport)
  try await withThrowingTaskGroup(of: Void.self) { tasks in
    tasks.addTask { try await client.runConnections() }
    try await Load(inFlight: inFlight, calls: calls).run(client)
    client.beginGracefulShutdown()
    try await tasks.waitForAll()
  }
}
