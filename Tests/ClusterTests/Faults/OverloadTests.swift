// Fault 16: five times what a node can do. It refuses by name what it cannot do in time, and the rest is answered; with shedding off
// nobody is refused and hardly anybody is answered in time.

import Foundation
import Testing
import Troupe

@testable import ShopstreamCommand

extension OnRealProcesses {
  @Suite struct OverloadTests {
    static let times = 5.0
    static let time: Duration = .seconds(5)
    /// Of those five at least so many must have been asked for the rest to mean something.
    static let asked = 2.5
    static let lines = 100
    static let deadline: Duration = .seconds(1)
    static let connections = 4
    static let callers = 64
    /// Answers a second of the node that is held back: five times as many questions are little work for who asks.
    static let most = 4_000.0
    /// Of what the node answers when it is not asked for more. Alone on a machine it is more than this; here others run beside.
    static let goodput = 0.5

    @Test(.timeLimit(.minutes(2)))
    func `with shedding a node refuses by name, goes on answering, and is as before once it is over`() async throws {
      try await Self.withNode([]) { load, throttle in
        let peak = await Self.peak(load, throttle)
        let flood = await load.stream(peak * Self.times, for: Self.time)
        let over = ContinuousClock.now
        let isNormal = await eventually(within: .seconds(10)) {
          let few = await load.callers(Self.connections, for: .milliseconds(500))
          let many = await load.callers(Self.callers, for: .milliseconds(500))
          return few.failed.isEmpty && few.answered > 0 && many.answeredPerSecond > peak * Self.goodput
        }
        print("normal again within \(ContinuousClock.now - over)")
        Self.report("with shedding", peak, flood)
        #expect(isNormal, "within 10 seconds")
        // A machine that is busy with something else asks so little that it shows nothing.
        guard flood.allPerSecond > peak * Self.asked else { return print("this machine had no hands to ask more") }
        #expect(flood.answeredPerSecond > peak * Self.goodput)
        #expect(flood.failed[.overloaded, default: 0] > flood.all / 3, "what it cannot do is refused by name")
        #expect(flood.failed[.deadlineExceeded, default: 0] < flood.all / 10, "hardly anybody waits in vain")
        #expect(flood.failed[.unknownOutcome, default: 0] < flood.all / 10)
        let refused = try #require(flood.last)
        #expect(refused.executed == .no && refused.mayRetry, "\(refused)")
      }
    }

    @Test(.timeLimit(.minutes(2)))
    func `with shedding off nobody is refused, and calls end by their deadline`() async throws {
      try await Self.withNode(["--overload", "off"]) { load, throttle in
        let peak = await Self.peak(load, throttle)
        let flood = await load.stream(peak * Self.times, for: Self.time)
        Self.report("with shedding off", peak, flood)
        // A machine that is busy with something else asks so little that it shows nothing.
        guard flood.allPerSecond > peak * Self.asked else { return print("this machine had no hands to ask more") }
        // What is refused then was refused by a full queue, and comes too late to help.
        #expect(flood.failed[.overloaded, default: 0] < flood.all / 3)
        #expect(flood.failed[.deadlineExceeded, default: 0] > flood.all / 3)
        // Not against the peak: how much of its core a held-back node gets is not the same from second to second.
        let late = flood.failed[.deadlineExceeded, default: 0] + flood.failed[.unknownOutcome, default: 0]
        #expect(late > flood.answered, "more wait in vain than are answered")
      }
    }

    /// A cluster of one node: nobody buries it for being slow.
    private static func withNode(_ options: [String], _ body: (Load, Throttle) async throws -> Void) async throws {
      let folder = try TemporaryFolder()
      let data = folder.path + "/data"
      let node = try await NodeProcess.start(
        "node-1", in: data, port: try NodeProcess.freePort(), ["--identities", "unsigned"] + options, log: folder.path + "/node.log")
      try await Load.with(connections, to: "large", of: node, in: data, deadline: deadline) { load in
        try await load.fill(lines: lines)
        try await Throttle.hold(node.command.identifier) { try await body(load, $0) }
      }
      #expect(await node.command.stop() == 0, "\(node.log)")
    }

    /// What the node answers when nobody asks for more, held back so far that it is little beside what this process can ask.
    private static func peak(_ load: Load, _ throttle: Throttle) async -> Double {
      while true {
        let ends = await load.callers(callers, for: .seconds(1))
        if ends.answeredPerSecond < most || !throttle.stepDown() { return ends.answeredPerSecond }
      }
    }

    private static func report(_ what: String, _ peak: Double, _ flood: Load.Ends) {
      let failed = flood.failed.map { "\($0.value) \($0.key.rawValue)" }.joined(separator: ", ")
      print(
        "\(what): at most \(Int(peak))/s; asked \(Int(flood.allPerSecond))/s, answered \(Int(flood.answeredPerSecond))/s; \(failed)",
        flood.last?.message ?? "")
    }
  }
}
