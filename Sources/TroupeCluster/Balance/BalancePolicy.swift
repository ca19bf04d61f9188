// When the balancer acts and how much it may do. Every number with its reason.

/// How shards are moved because of what they cost. A worked example: three nodes of one core each take 0.9, 0.3 and 0.3; their mean is 0.5 and
/// the dearest has 1.8 times that. After 30 s one of its hot shards changes places with a cold one of another node, and a minute later all have
/// about 0.5.
public struct BalancePolicy: Hashable, Sendable {
  /// Between two looks. Nodes count in windows of ten seconds, so that looking more often shows the same twice. Default 10 s.
  public var every: Duration = .seconds(10)
  /// What a call costs its node beside its turn, in microseconds: frames, queues and TLS. A core bears some 125,000 calls a second that do
  /// nothing. It need not be exact: it only lets many small calls weigh as much as they do.
  public var microsecondsACall = 8
  /// A node is too dear from this many times the mean on. A quarter more is felt in how long calls wait, and is more than what comes and
  /// goes by chance between windows. Default 1.25.
  public var tooMuch = 1.25
  /// Once it acts, it goes on down to this. Lower than where it begins: otherwise a load at the border would move shards for ever. And not
  /// 1: the last percents are chance, and each exchange costs its callers up to 200 ms. Default 1.1.
  public var enough = 1.10
  /// So many looks in a row must find the same node too dear, so that a peak of half a minute moves nothing. Default 3.
  public var windows = 3
  /// A node that takes less is left alone, however uneven the rest: nobody waits for it. Default 0.2 cores.
  public var worth = CoreUse(millionths: 200_000)
  /// An exchange must take this part of the dearer node's cost away. A move costs a pause, and the figures are samples. Default 5 %.
  public var gain = 0.05
  /// Exchanges of one round, two shards each: as many shards as an owner seals at once. Default 4.
  public var swaps = 4
  /// A shard that has moved stays for so long, so that no load that wanders drives it about. Default 5 minutes.
  public var rest: Duration = .seconds(300)
  /// Behind a round, until windows are whole again at the nodes that the shards came to. Default 20 s.
  public var settling: Duration = .seconds(20)
  /// A round that takes longer is given up: something holds the shards. Handing eight shards over takes a second. Default 60 s.
  public var patience: Duration = .seconds(60)

  public init() {}

  /// What is wrong with it, as a sentence.
  public var refusal: String? {
    guard every >= .seconds(1), windows >= 1, swaps >= 1, microsecondsACall >= 0 else {
      return "a balancer looks at most once a second, and needs a window and an exchange at least"
    }
    guard enough >= 1, tooMuch >= enough, (0..<1).contains(gain) else {
      return "a balancer begins at \(tooMuch) times the mean and ends at \(enough): the first may not be less, and none less than 1"
    }
    return nil
  }
}
