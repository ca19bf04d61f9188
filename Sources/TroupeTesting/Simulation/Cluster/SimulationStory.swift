// What happened, in the order in which it did, for the person who has to understand a failing seed.
import TroupeNet

/// The log of a simulation, in the world's time.
public final class SimulationStory: @unchecked Sendable {
  // Sound because the world's thread alone uses it.
  /// A story that goes on for longer loses its beginning: what went wrong is nearer to the end.
  private static let limit = 20_000

  public private(set) var lines: [String] = []
  private unowned let world: SimulatedWorld

  init(_ world: SimulatedWorld) { self.world = world }

  func tell(_ what: String) {
    if lines.count == Self.limit { lines.removeFirst(Self.limit / 2) }
    lines.append("\(world.now.sinceStart) \(what)")
  }
}
