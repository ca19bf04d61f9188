// What happened when, in steps of equal length: the lines of the report's plots.

struct ChaosSeries: Sendable {
  struct Step: Hashable, Sendable {
    var sent = 0
    var answered = 0
    var failed = 0
    /// Of the calls that were due in it, whenever they were answered: a caller counts from the moment when he wanted to call.
    var latencies = Latencies()
  }

  /// Points that a plot can show.
  static let stepLimit = 1_200

  let stepSeconds: Double
  private(set) var steps: [Step] = []

  /// For a run of about so many seconds.
  init(expecting seconds: Double) { stepSeconds = max(0.5, seconds / Double(Self.stepLimit) * 2) }

  /// Seconds count from the beginning of the load. Far beyond what was expected nothing more is kept.
  mutating func change(at seconds: Double, _ change: (inout Step) -> Void) {
    let index = max(0, Int(seconds / stepSeconds))
    guard index < Self.stepLimit * 4 else { return }
    while steps.count <= index { steps.append(Step()) }
    change(&steps[index])
  }
}
