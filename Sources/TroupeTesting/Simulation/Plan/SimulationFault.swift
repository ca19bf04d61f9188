// What can go wrong in a simulation, and what operators do meanwhile.
import TroupeNet

/// One blow. Those with a duration are over by themselves.
public enum SimulationFault: Hashable, Sendable {
  /// `kill -9`; a supervisor starts it again.
  case crash(String, downFor: Duration)
  /// The machine is gone with its process: nobody's connection is reset.
  case powerCut(String, downFor: Duration)
  /// SIGSTOP and SIGCONT.
  case pause(String, Duration)
  /// The same with a clock that stands still.
  case freeze(String, Duration)
  case cut(String, String, Duration)
  case cutOneWay(from: String, to: String, Duration)
  /// From every other node and every client.
  case isolate(String, Duration)
  /// A node and one client hear each other and nobody else, the store included.
  case strand(String, with: String, Duration)
  case resetLinks(String, String)
  /// Open connections carry nothing, new ones do.
  case stickLinks(String, String, Duration)
  case slowLink(String, String, by: Duration, Duration)
  case cutFromStore(String, Duration)
  case storeAway(Duration)
  case storeLoses(perMille: Int, Duration)
  case storeRefuses(perMille: Int, Duration)
  case storeSlow(Duration, Duration)
  /// What it did is done at once, and some hear of it late.
  case storeStalls(perMille: Int, Duration)
  /// A planned end: everything is given away first. A supervisor starts it again.
  case rollOut(String, downFor: Duration)
  /// The same, and it comes back with the other of two versions of its program.
  case upgrade(String, downFor: Duration)
  /// So many hundredths of the shards for version 2, or whatever versions nodes run.
  case place(percent: Int?)
  case weigh(String, Int)
  case pin(shard: Int, String)

  /// For tables: what it is, without to whom and for how long.
  public var kind: String { String("\(self)".prefix { $0 != "(" }) }
}

/// A blow and when it falls, counted from the beginning of the load.
public struct TimedFault: Hashable, Sendable {
  public var after: Duration
  public var fault: SimulationFault

  public init(after: Duration, _ fault: SimulationFault) { (self.after, self.fault) = (after, fault) }
}
