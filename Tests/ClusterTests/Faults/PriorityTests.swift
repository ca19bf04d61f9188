// A flood of calls that have time, five times what a node can do, and a few callers that have none: those are answered as if there were
// no flood. With priorities off they are refused with the others.

import Foundation
import Testing
import Troupe

@testable import ShopstreamCommand

extension OnRealProcesses {
  @Suite struct PriorityTests {
    static let times = 5.0
    static let time: Duration = .seconds(4)
    /// Of what the node can do, so much must have been asked in bulk for the rest to mean something.
    static let asked = 2.0
    static let lines = 100
    static let deadline: Duration = .seconds(2)
    static let most = 4_000.0

    @Test(.timeLimit(.minutes(2)))
    func `a flood of bulk calls takes nothing from others`() async throws {
      try await Self.flood([]) { others, bulk in
        #expect(others.failed.isEmpty, "\(others.last.map(String.init(describing:)) ?? "")")
        #expect(others.answered > 20)
        #expect(bulk.answered > 0, "what is left of the node is theirs")
        #expect(bulk.all > bulk.answered, "and the rest of them is refused, or waits until its time is up")
      }
    }

    @Test(.timeLimit(.minutes(2)))
    func `with priorities off others are refused with the flood`() async throws {
      try await Self.flood(["--priorities", "off"]) { others, bulk in
        #expect(others.failed[.overloaded, default: 0] > 0, "\(others)")
      }
    }

    private static func flood(_ options: [String], _ check: @Sendable (_ others: Load.Ends, _ bulk: Load.Ends) throws -> Void) async throws
    {
      let folder = try TemporaryFolder()
      let data = folder.path + "/data"
      let node = try await NodeProcess.start(
        "node-1", in: data, port: try NodeProcess.freePort(), ["--identities", "unsigned"] + options, log: folder.path + "/node.log")
      try await Load.with(4, to: "large", of: node, in: data, deadline: deadline) { bulk in
        try await Load.with(1, to: "other", of: node, in: data, deadline: deadline) { others in
          try await bulk.fill(lines: lines)
          try await others.fill(lines: 1)
          try await Throttle.hold(node.command.identifier) { throttle in
            let peak = await peak(bulk, throttle)
            async let flooding = bulk.stream(peak * times, for: time, inBulk: true)
            let few = await others.callers(4, for: time)
            let flood = await flooding
            print(
              "\(options): at most \(Int(peak))/s; in bulk \(Int(flood.allPerSecond))/s, answered \(Int(flood.answeredPerSecond))/s,",
              flood.failed.map { "\($0.value) \($0.key.rawValue)" }, "others: \(few.answered) answered,",
              few.failed.map { "\($0.value) \($0.key.rawValue)" })
            // A machine that is busy with something else asks so little that it shows nothing.
            guard flood.allPerSecond > peak * asked else { return print("this machine had no hands to ask more") }
            try check(few, flood)
          }
        }
      }
      #expect(await node.command.stop() == 0, "\(node.log)")
    }

    private static func peak(_ load: Load, _ throttle: Throttle) async -> Double {
      while true {
        let ends = await load.callers(64, for: .seconds(1))
        if ends.answeredPerSecond < most || !throttle.stepDown() { return ends.answeredPerSecond }
      }
    }
  }
}
