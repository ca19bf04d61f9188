// When a child that ended is started again.

import Testing

@testable import ShopstreamCommand

struct RestartPolicyTests {
  let start = ContinuousClock.now

  @Test func `deaths in a row wait twice as long each, up to a bound`() {
    var policy = RestartPolicy()
    var now = start
    var delays: [Duration] = []
    for _ in 0..<8 {
      policy.started(at: now)
      let (delay, _) = policy.died(at: now)
      delays.append(delay)
      // So far apart that the limit a minute stays out of it, yet short lives all the same.
      now += .seconds(20)
    }
    #expect(Array(delays.prefix(4)) == [.milliseconds(250), .milliseconds(500), .seconds(1), .seconds(2)])
    #expect(delays.max() == RestartPolicy.longestDelay)
  }

  @Test func `a long life clears the record`() {
    var policy = RestartPolicy()
    policy.started(at: start)
    _ = policy.died(at: start)
    policy.started(at: start)
    #expect(policy.died(at: start + RestartPolicy.healthyAfter).delay == RestartPolicy.firstDelay)
  }

  @Test func `no more than the limit within a minute`() {
    var policy = RestartPolicy()
    var now = start
    var starts: [ContinuousClock.Instant] = []
    for _ in 0..<40 {
      policy.started(at: now)
      starts.append(now)
      now += policy.died(at: now).delay
    }
    for (index, first) in starts.enumerated() where index + RestartPolicy.limit < starts.count {
      #expect(starts[index + RestartPolicy.limit] - first >= RestartPolicy.window)
    }
  }

  @Test func `it says when the limit is why`() {
    var policy = RestartPolicy()
    for _ in 0..<RestartPolicy.limit { policy.started(at: start) }
    let (delay, atLimit) = policy.died(at: start + .seconds(10))
    #expect(atLimit && delay == .seconds(50))
  }
}
