// `shopstream rebalance`: what the balancer would do, now and not after half a minute.

import ArgumentParser
import Troupe

struct RebalanceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rebalance",
    abstract: "Let dear and cheap shards change places, so that nodes have equally much to do.",
    discussion: """
      Nodes do that by themselves when one of them has had a quarter more to do than the mean for half a minute. This does it at once, by \
      the loads of the last ten seconds: at most four dear shards of the node with the most to do change places with cheap ones of nodes \
      with less, so that every node keeps as many shards as it had. COST is what turns took of a core, and 8 µs a call.

      EXAMPLES
        shopstream rebalance --dry-run
        shopstream rebalance
        shopstream rebalance --worth 0.05 --json
      """)

  @OptionGroup var options: OperatorOptions

  @Flag(help: "Only say what would move.")
  var dryRun = false

  @Option(help: ArgumentHelp("Below so much of a core at the node with the most to do, nothing is moved.", valueName: "cores"))
  var worth = BalancePolicy().worth.cores

  @Option(help: ArgumentHelp("How long to wait until the shards are there, in seconds.", valueName: "seconds"))
  var limit = 30.0

  func validate() throws {
    guard (0...1_000).contains(worth) else { throw ValidationError("--worth is 0 to 1000 cores, not \(worth).") }
    guard (1...3_600).contains(limit) else { throw ValidationError("--limit is 1 to 3600 seconds, not \(limit).") }
  }

  func run() async throws {
    try await OperatorConnection.with(options) { connection in
      var policy = BalancePolicy()
      policy.worth = CoreUse(millionths: Int((worth * 1_000_000).rounded()))
      let plan: BalancePlan
      do {
        plan = try await connection.cluster.rebalancing(policy)
        if !plan.swaps.isEmpty, !dryRun { try await connection.cluster.set(.balance(plan.targets)) }
      } catch let error as CallError where error.code == .refused {
        throw Refusal("The cluster refuses: \(error.message).")
      }
      var terminal = Terminal()
      if !options.json { RebalanceTable.lines(plan, isDone: !dryRun).forEach { terminal.say($0) } }
      if !plan.swaps.isEmpty, !dryRun { try await follow(plan, connection) }
      if options.json { terminal.say(JSONText.pretty(RebalanceTable.Answer(plan, isDone: !dryRun))) }
    }
  }

  /// The balancer takes the wishes out when the shards are there; so does this, for where there is none.
  private func follow(_ plan: BalancePlan, _ connection: OperatorConnection) async throws {
    let targets = plan.targets
    var terminal = Terminal()
    let end: ArrivalWatch.End
    do {
      end = try await ArrivalWatch(connection: connection, limit: .seconds(limit)).wait(
        for: targets, isQuiet: false, { if !options.json, terminal.isInteractive { terminal.draw([$0]) } },
        overruled: { places in
          let wishes = Dictionary(uniqueKeysWithValues: places.filter { $0.wish != nil }.map { ($0.shard, $0.wish!) })
          // Taken out already: then either they are there, or somebody gave them up.
          return wishes == targets || targets.allSatisfy { places.indices.contains($0.key) && places[$0.key].owner == $0.value }
            ? nil : "other wishes have taken the place of these, or a node has gone"
        })
    } catch {
      await takeBack(targets, connection)
      throw error
    }
    terminal.clear()
    await takeBack(targets, connection)
    if case .overruled(let why) = end { throw Refusal("The shards did not all change places: \(why).") }
    switch end {
    case .tooLate(let why):
      throw Refusal("After \(Int(limit)) s not all shards have changed places: \(why). Placement evens out the numbers again.")
    case .interrupted(let why): throw Refusal("Not all shards have changed places: \(why). Placement evens out the numbers again.")
    case .arrived, .overruled: if !options.json { terminal.say("All of them are there.") }
    }
  }

  /// What is left of these wishes, and of no others. Where that fails the balancer does it, when it next looks.
  private func takeBack(_ targets: [Int: String], _ connection: OperatorConnection) async {
    guard let standing = try? await connection.cluster.shards().filter({ $0.wish != nil }), !standing.isEmpty else { return }
    if standing.allSatisfy({ targets[$0.shard] == $0.wish }) { try? await connection.cluster.set(.balance([:])) }
  }
}

extension BalancePlan {
  /// The wishes as an order has them.
  var targets: [Int: String] {
    Dictionary(uniqueKeysWithValues: wishes.map { ($0.key.index, $0.value.value) })
  }
}
