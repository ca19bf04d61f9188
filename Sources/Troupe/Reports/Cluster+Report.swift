// Links, breakers, budgets and queues: of this process, of all.

extension Cluster {
  /// Of this process alone. Costs nothing until it is called; then each loop takes a moment for it.
  ///
  /// ```swift
  /// for breaker in await cluster.transportReport().openBreakers { log("\(breaker.peer) is not called") }
  /// ```
  public func transportReport() async -> TransportReport {
    TransportReport(await onEachStage { $0.transportReport() })
  }

  /// Of every node, as it tells itself. One that does not answer within a second is listed as silent, with the reason.
  ///
  /// - Parameter gateways: also of the gateways that are linked to the nodes, by way of them. Breakers open at who calls, so most stand
  ///   there.
  /// - Throws: `CallError` when this process has not seen the cluster yet.
  public func transportStatus(gateways: Bool = true) async throws -> TransportStatus {
    guard let view = await routing()?.view else {
      throw CallError(.unavailable, "this process has not seen the cluster yet", mayRetry: true)
    }
    let answers = await withTaskGroup(of: (String, Result<[TransportReport], any Error>).self) { group in
      for member in view.members { group.addTask { (member.id.value, await self.transport(of: member, gateways: gateways)) } }
      return await group.reduce(into: []) { $0.append($1) }
    }
    return TransportStatus(answers)
  }

  private func transport(of member: Member, gateways: Bool) async -> Result<[TransportReport], any Error> {
    do {
      let question = LinksQuestion(gateways: gateways).wireBytes
      return .success(try [TransportReport](wireBytes: try await ask(member, .links, question, within: .seconds(1))))
    } catch {
      return .failure(error)
    }
  }
}

extension TransportReport {
  /// What the loops of one process say, as one report.
  init(_ parts: [TransportReport]) {
    precondition(!parts.isEmpty, "a process has a loop")
    self = parts[0]
    for part in parts.dropFirst() {
      loops += part.loops
      links += part.links
      linksLeftOut += part.linksLeftOut
      breakers += part.breakers
      budgets += part.budgets
      counts = counts + part.counts
    }
    let excess = links.count - Self.linkLimit
    if excess > 0 {
      links.removeLast(excess)
      linksLeftOut += excess
    }
  }
}

extension TransportStatus {
  /// Gateways are linked to several nodes, and then told of by each: one report is enough.
  init(_ answers: [(node: String, reports: Result<[TransportReport], any Error>)]) {
    self.init(processes: [], silent: [])
    var known: Set<String> = []
    for (node, answer) in answers.sorted(by: { $0.node < $1.node }) {
      switch answer {
      case .success(let reports): processes += reports.filter { known.insert("\($0.role) \($0.name) \($0.incarnation)").inserted }
      case .failure(let error): silent.append(Silent(name: node, reason: (error as? CallError)?.message ?? "\(error)"))
      }
    }
    processes.sort { ($0.role == "node" ? 0 : 1, $0.name, $0.incarnation) < ($1.role == "node" ? 0 : 1, $1.name, $1.incarnation) }
  }
}
