// `shopstream simulate`: whole clusters in virtual time, one a seed, with everything that can go wrong; and what was found.
import ArgumentParser
import TroupeTesting

struct SimulateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate",
    abstract: "Run whole clusters in virtual time, with faults, and check what their clients saw.",
    discussion: """
      Each seed decides a cluster, its network, clocks and store, what its clients do, and what goes wrong: nodes that are killed, \
      paused, frozen with their clocks or cut off, stores that lose answers and apply requests late. The nodes are the real ones. The \
      same seed gives the same history, so a seed that fails can be looked at: its whole story with --story, what clients did and saw \
      with --history.

      Exit codes: 0 every promise held; 1 some seed broke one, and which.

      EXAMPLES
        shopstream simulate --seed 4711
        shopstream simulate --seed 4711 --story --history cell-3
        shopstream simulate --seed 4711 --work ongoing
        shopstream simulate --count 1000 --jobs 2
      """)

  @Option(help: "The seed, or the first of several.")
  var seed: UInt64 = 1

  @Option(help: "How many seeds, counted from --seed.")
  var count = 1

  @Option(help: "What clients do: 'calls' of all sorts, or 'ongoing' work: reminders, a topic's consumers and sagas.")
  var work = Work.calls

  enum Work: String, ExpressibleByArgument, CaseIterable {
    case calls, ongoing

    var workloads: [any SimulationWorkload] { self == .calls ? Simulation.standardWorkloads : Simulation.ongoingWorkloads }
  }

  @Option(help: "Seeds that run at the same time.")
  var jobs = 1

  @Flag(help: "Print everything that happened.")
  var story = false

  @Option(help: ArgumentHelp("Print what clients did to this and saw; 'all' for everything.", valueName: "what"))
  var history: String?

  @Flag(help: "Print one JSON object a seed instead of text.")
  var json = false

  func validate() throws {
    guard (1...1_000_000).contains(count) else { throw ValidationError("--count is 1 to 1000000, not \(count).") }
    guard (1...64).contains(jobs) else { throw ValidationError("--jobs is 1 to 64, not \(jobs).") }
    guard seed <= UInt64.max - UInt64(count) else { throw ValidationError("There are no \(count) seeds behind \(seed).") }
  }

  func run() async throws {
    var totals = SimulationTotals()
    let clock = ContinuousClock()
    let began = clock.now
    try await withThrowingTaskGroup(of: SimulationReport.self) { group in
      var next = seed
      let end = seed + UInt64(count)
      func begin() {
        guard next < end else { return }
        let plan = SimulationPlan(seed: next)
        next += 1
        group.addTask { [work] in Simulation(plan, work.workloads).run() }
      }
      for _ in 0..<jobs { begin() }
      while let report = try await group.next() {
        begin()
        totals.add(report)
        show(report)
      }
    }
    if count > 1, !json { print(totals.text(took: clock.now - began)) }
    if let first = totals.failed.sorted().first {
      let others = totals.failed.count == 1 ? "" : ", and \(totals.failed.count - 1) more"
      let what = work == .calls ? "" : " --work \(work)"
      throw Refusal("Seed \(first) broke a promise\(others). Look at it: shopstream simulate --seed \(first)\(what) --story")
    }
  }

  private func show(_ report: SimulationReport) {
    if json { return print(JSONText.line(SimulationLine(report))) }
    if count == 1 || !report.complaints.isEmpty { print(SimulationLine(report).text) }
    if story { for line in report.story { print(line) } }
    if let history {
      for operation in report.operations where history == "all" || operation.key == history { print(operation) }
    }
  }
}
