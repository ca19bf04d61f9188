// Conversations with the fleet: what happened on the left, what it asks for on the right.

import ChildPrograms
import Testing

@testable import ShopstreamCommand

struct FleetTests {
  typealias ID = Fleet.Child.ID

  var fleet = Fleet(nodes: ["node-1", "node-2"], gateway: "gateway")
  var now = ContinuousClock.now

  mutating func say(_ event: Fleet.Event) -> [Fleet.Effect] {
    fleet.handle(event, now: now)
  }

  /// Up to where everything serves.
  mutating func serve() {
    _ = say(.begin)
    _ = say(.reported(ID(name: "node-1", life: 1), .ready(addresses: [])))
    _ = say(.reported(ID(name: "node-2", life: 1), .ready(addresses: [])))
    _ = say(.reported(ID(name: "gateway", life: 1), .ready(addresses: [])))
    #expect(fleet.phase == .serving)
  }

  @Test mutating func `nodes start together, the gateway once all of them serve`() {
    let (one, two, gateway) = (ID(name: "node-1", life: 1), ID(name: "node-2", life: 1), ID(name: "gateway", life: 1))
    #expect(say(.begin) == [.spawn(one), .spawn(two), .wake(after: Fleet.startLimit, .startLimit)])
    #expect(say(.reported(two, .ready(addresses: ["a"]))) == [])
    #expect(say(.reported(one, .ready(addresses: ["b"]))) == [.spawn(gateway)])
    #expect(say(.reported(gateway, .ready(addresses: ["c"]))) == [.serving])
    #expect(say(.timer(.startLimit)) == [])
  }

  @Test mutating func `a node that cannot start ends the start, with its own sentence, and nothing is left`() {
    let (one, two) = (ID(name: "node-1", life: 1), ID(name: "node-2", life: 1))
    _ = say(.begin)
    #expect(say(.reported(two, .failed(sentence: "No."))) == [])
    #expect(say(.ended(two, .status(1))) == [.terminate(one), .wake(after: Fleet.stopLimit, .stopLimit(.stoppingNodes))])
    #expect(say(.ended(one, .signal(15))) == [.finish(.failed("No."))])
  }

  @Test mutating func `a node that dies without a word ends the start too`() {
    let (one, two) = (ID(name: "node-1", life: 1), ID(name: "node-2", life: 1))
    _ = say(.begin)
    _ = say(.ended(one, .signal(11)))
    #expect(say(.ended(two, .status(0))) == [.finish(.failed("node-1 crashed before it served."))])
  }

  @Test mutating func `a process that cannot be started counts as one that died`() {
    _ = say(.begin)
    _ = say(.notStarted(ID(name: "node-1", life: 1), "No such file."))
    #expect(say(.ended(ID(name: "node-2", life: 1), .status(0))) == [.finish(.failed("No such file."))])
  }

  @Test mutating func `a start that takes too long says who was late`() {
    _ = say(.begin)
    _ = say(.reported(ID(name: "node-1", life: 1), .ready(addresses: [])))
    let effects = say(.timer(.startLimit))
    #expect(effects.contains(.terminate(ID(name: "node-2", life: 1))))
    _ = say(.ended(ID(name: "node-1", life: 1), .status(0)))
    guard case .finish(.failed(let sentence)) = say(.ended(ID(name: "node-2", life: 1), .status(0))).last else {
      Issue.record("the fleet did not finish")
      return
    }
    #expect(sentence.contains("node-2") && !sentence.contains("node-1"))
  }

  @Test mutating func `a node that dies later is started again as a new life`() {
    serve()
    let (first, second) = (ID(name: "node-2", life: 1), ID(name: "node-2", life: 2))
    now += .seconds(40)
    let delay = RestartPolicy.firstDelay
    #expect(
      say(.ended(first, .signal(9))) == [
        .say(.died("node-2", .signal(9), again: delay, atLimit: false)), .wake(after: delay, .restart("node-2")),
      ])
    #expect(say(.timer(.restart("node-2"))) == [.spawn(second)])
    #expect(say(.timer(.restart("node-2"))) == [])
    #expect(say(.reported(first, .ready(addresses: []))) == [], "an earlier life is not listened to")
    #expect(say(.reported(second, .ready(addresses: []))) == [.say(.back("node-2"))])
    #expect(say(.ended(first, .status(0))) == [], "nor does it die again")
  }

  @Test mutating func `stopping takes the gateway first, then the nodes`() {
    serve()
    let (one, two, gateway) = (ID(name: "node-1", life: 1), ID(name: "node-2", life: 1), ID(name: "gateway", life: 1))
    #expect(
      say(.stopAsked) == [.say(.stopping), .terminate(gateway), .wake(after: Fleet.stopLimit, .stopLimit(.stoppingGateway))])
    #expect(
      say(.ended(gateway, .status(0))) == [
        .terminate(one), .terminate(two), .wake(after: Fleet.stopLimit, .stopLimit(.stoppingNodes)),
      ])
    #expect(say(.ended(two, .status(0))) == [])
    #expect(say(.timer(.stopLimit(.stoppingGateway))) == [], "a timer of a phase that is over is not heard")
    #expect(say(.ended(one, .status(0))) == [.finish(.stopped)])
  }

  @Test mutating func `who does not stop in time is killed`() {
    serve()
    _ = say(.stopAsked)
    let gateway = ID(name: "gateway", life: 1)
    #expect(say(.timer(.stopLimit(.stoppingGateway))) == [.say(.killed("gateway")), .kill(gateway)])
    #expect(say(.ended(gateway, .signal(9))).contains(.terminate(ID(name: "node-1", life: 1))))
  }

  @Test mutating func `asking twice kills`() {
    serve()
    _ = say(.stopAsked)
    #expect(say(.stopAsked).count { if case .kill = $0 { true } else { false } } == 3)
  }

  @Test mutating func `a node that is waiting for its restart does not hold up the stop`() {
    serve()
    _ = say(.ended(ID(name: "node-1", life: 1), .signal(9)))
    _ = say(.stopAsked)
    #expect(say(.timer(.restart("node-1"))) == [], "nothing is started while all is being stopped")
    _ = say(.ended(ID(name: "gateway", life: 1), .status(0)))
    #expect(say(.ended(ID(name: "node-2", life: 1), .status(0))) == [.finish(.stopped)])
  }

  @Test mutating func `stopping during the start is no failure`() {
    _ = say(.begin)
    _ = say(.stopAsked)
    _ = say(.ended(ID(name: "node-1", life: 1), .status(0)))
    #expect(say(.ended(ID(name: "node-2", life: 1), .status(0))) == [.finish(.stopped)])
  }
}
