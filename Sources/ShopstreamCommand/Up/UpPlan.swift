// What `up` is going to start: names, ports and command lines, worked out before anything runs. Pure.

struct UpPlan: Hashable, Sendable {
  struct NodePlan: Hashable, Sendable {
    var id: String
    /// Of its first loop; the others follow.
    var port: Int
  }

  /// Name of the cluster that `up` makes, and the trust domain of its certificates.
  static let cluster = "shopstream"
  static let gatewayName = "gateway"
  static let host = "127.0.0.1"

  var directory: DataDirectory
  var nodes: [NodePlan]
  var loops: Int
  var port: Int
  var adminPort: Int
  /// Nil: in the directory.
  var store: String?
  var identities = IdentityChoice.signed
  var zone = ""
  var compress = CompressionChoice.auto
  var balance = Switch.on
  var traces: Traces?
  /// What nodes are told of a webhook, sinks and projections.
  var consumers: [String] = []

  /// Each process writes a file of its own: loops of one process share it, two processes would write over each other's lines.
  struct Traces: Hashable, Sendable {
    var directory: String
    /// Of the requests that bring no trace.
    var ratio: Double

    func file(of name: String) -> String { "\(directory)/\(name).jsonl" }
  }

  /// Ports as asked for, none of them 0.
  init(directory: DataDirectory, nodes: Int, loops: Int, port: Int, adminPort: Int, nodePorts: [Int]) {
    precondition(nodePorts.count == nodes, "\(nodes) nodes need as many first ports, not \(nodePorts.count)")
    self.directory = directory
    self.loops = loops
    self.port = port
    self.adminPort = adminPort
    self.nodes = nodePorts.enumerated().map { NodePlan(id: "node-\($0 + 1)", port: $1) }
  }

  var holders: [CertificateHolder] {
    nodes.map { .node($0.id) } + [.gateway, .operator]
  }

  var gatewayURL: String { "http://\(Self.host):\(port)" }
  var adminURL: String { "http://\(Self.host):\(adminPort)" }

  func addresses(of node: NodePlan) -> [String] {
    (0..<loops).map { "\(Self.host):\(node.port + $0)" }
  }

  func clusterFile(supervisor: Int32) -> ClusterFile {
    ClusterFile(
      cluster: Self.cluster, nodes: nodes.map { .init(id: $0.id, addresses: addresses(of: $0)) }, gateway: gatewayURL,
      admin: adminURL, supervisor: supervisor)
  }

  func command(for name: String, executable: String) -> ChildCommand {
    var arguments: [String]
    if let node = nodes.first(where: { $0.id == name }) {
      arguments =
        [
          "node", "--id", node.id, "--cluster", Self.cluster, "--data", directory.path, "--host", Self.host, "--port", "\(node.port)",
          "--loops", "\(loops)", "--identities", identities.rawValue, "--balance", balance.rawValue,
          "--supervised",
        ] + consumers
      if let store { arguments += ["--store", store] }
    } else {
      arguments =
        ["gateway", "--cluster", Self.cluster, "--data", directory.path, "--host", Self.host, "--port", "\(port)"]
        + ["--admin-port", "\(adminPort)", "--entity-door", "--development", "--supervised"]
        + nodes.flatMap { ["--node", addresses(of: $0)[0]] }
    }
    arguments += ["--zone", zone, "--compress", compress.rawValue]
    if let traces {
      arguments += ["--trace-log", traces.file(of: name)]
      if name == Self.gatewayName { arguments += ["--trace-ratio", "\(traces.ratio)"] }
    }
    return ChildCommand(name: name, executable: executable, arguments: arguments, log: directory.log(of: name))
  }

  /// Every port that must be free, with what for and which option moves it.
  var ports: [(port: Int, purpose: String, option: String)] {
    [(port, "gateway", "--port"), (adminPort, "gateway's admin listener", "--admin-port")]
      + nodes.flatMap { node in (0..<loops).map { (node.port + $0, "node \(node.id)", "--node-port") } }
  }

  /// That no port is wanted twice and none is out of range; whether they are free is another question.
  func checkPorts() throws(Refusal) {
    var wanted: [Int: String] = [:]
    for (port, purpose, option) in ports {
      guard (1...65_535).contains(port) else {
        throw Refusal("The \(purpose) would need port \(port), and there are only 65535: choose a lower \(option).")
      }
      if let other = wanted.updateValue(purpose, forKey: port) {
        throw Refusal("The \(other) and the \(purpose) cannot share port \(port): choose another with \(option).")
      }
    }
  }
}
