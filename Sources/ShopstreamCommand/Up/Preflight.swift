// Everything that can be known to go wrong before the first process is started. Reads and asks first, writes last: a refusal
// leaves the directory as it was.

import Foundation

enum Preflight {
  /// Returns with the lock held, the directory ready and the certificates in place.
  static func run(_ options: UpOptions) throws(Refusal) -> (plan: UpPlan, lock: DirectoryLock, made: [String]) {
    let directory = DataDirectory(options.data)
    try DirectoryFormat.check(directory)
    try PlainFile.makeFolder(directory.path)
    let lock = try DirectoryLock.take(directory)
    let plan = try plan(options, directory)
    for (port, purpose, option) in plan.ports {
      try PortCheck.requireFree(port, host: UpPlan.host, for: purpose, option: option)
    }
    let identities = IdentityKeyFiles(directory)
    try identities.check()
    let made = try Credentials.prepare(plan.holders, in: directory, trustDomain: UpPlan.cluster)
    try identities.prepare()
    try PlainFile.makeFolder(directory.logs)
    try PlainFile.makeFolder(directory.store)
    if let traces = plan.traces { try PlainFile.makeFolder(traces.directory) }
    try DirectoryFormat.write(to: directory)
    return (plan, lock, made)
  }

  private static func plan(_ options: UpOptions, _ directory: DataDirectory) throws(Refusal) -> UpPlan {
    // Ports asked for as 0 are chosen here, so that a node that dies comes back where it was.
    let chosen = try PortCheck.freeRuns(of: [1, 1] + Array(repeating: options.loops, count: options.nodes), host: UpPlan.host)
    let gateway = options.port == 0 ? chosen[0] : options.port
    let admin = options.adminPort == 0 ? chosen[1] : options.adminPort
    let nodes = options.nodePort == 0 ? Array(chosen[2...]) : (0..<options.nodes).map { options.nodePort + $0 * options.loops }
    var plan = UpPlan(
      directory: directory, nodes: options.nodes, loops: options.loops, port: gateway, adminPort: admin, nodePorts: nodes)
    (plan.store, plan.identities) = (options.store, options.identities)
    (plan.zone, plan.compress) = (options.zone, options.compress)
    plan.store = options.store
    plan.balance = options.balance
    plan.traces = options.traceLog.map { UpPlan.Traces(directory: $0, ratio: options.traceRatio) }
    _ = try options.webhook.open()
    _ = try options.sinks.open()
    _ = try options.archive.open(cluster: UpPlan.cluster)
    plan.consumers = options.webhook.arguments + options.sinks.arguments + options.projections.arguments + options.archive.arguments
    try plan.checkPorts()
    return plan
  }
}
