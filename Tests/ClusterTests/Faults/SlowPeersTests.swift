// Fault 17 on the links of nodes, with a certificate that is good: peers that send a byte now and then, and peers that ask and do not read.
// They are cut by name, others do not notice, and memory is bounded; a node that is told to wait for ever keeps them.

import Foundation
import Testing
import Troupe

@testable import ShopstreamCommand

extension OnRealProcesses {
  @Suite struct SlowPeersTests {
    static let peers = 16
    /// What each peer says it will send: it is not held before it is there.
    static let claimed = 16 << 20
    static let memory = 64 << 20
    /// Answers that a deaf peer asks for, bytes: several times what a link holds of them.
    static let asked = 160 << 20

    @Test(.timeLimit(.minutes(2)))
    func `a peer that sends a byte now and then is cut by its deadline, and kept where frames may take for ever`() async throws {
      let folder = try TemporaryFolder()
      let strict = try await LoneNode.start("strict", folder, ["--frame-time", "2s"])
      let patient = try await LoneNode.start("patient", folder, ["--frame-time", "off"])
      let before = ProcessFigures(identifier: patient.node.command.identifier).memory
      let hello = Frames.hello(cluster: UpPlan.cluster, name: "operator", role: 3)
      let kept = try DrippingPeers(Self.peers, at: patient, saying: hello + Frames.head(claiming: Self.claimed))
      let cut = try DrippingPeers(Self.peers, at: strict, saying: hello + Frames.head(claiming: Self.claimed))
      #expect(await eventually(within: .seconds(30)) { cut.ended.count == Self.peers }, "\(cut.ended.count)")
      // The line comes a moment after the link's end.
      func lines() -> Int {
        strict.node.log.split(separator: "\n").count {
          $0.contains("the link with operator operator/0 ended: timeout: a frame was not whole after 2.0 seconds")
        }
      }
      _ = await eventually { lines() >= Self.peers }
      #expect(lines() == Self.peers, "\(strict.node.log)")
      #expect(kept.ended.isEmpty && kept.open == Self.peers, "they came first and are there still")
      #expect(!patient.node.log.contains("ended"), "\(patient.node.log)")
      let memory = ProcessFigures(identifier: patient.node.command.identifier).memory - before
      #expect(memory < Self.memory, "\(memory >> 20) MiB for \(Self.peers * Self.claimed >> 20) that were claimed")

      // Who drips before the peer knows who he is has less time, whatever frames may take.
      let early = try DrippingPeers(1, at: patient, saying: Array(hello.prefix(6)))
      #expect(await eventually(within: .seconds(30)) { early.ended.count == 1 })
      #expect(await eventually { patient.node.log.contains("ended: timeout: no hello within 3.0 seconds") }, "\(patient.node.log)")
      let proxy = try await ProxyProcess(to: patient.node.address, ["--drip", "1B/200ms"], log: folder.path + "/proxy.log")
      let slowest = try DrippingPeers(1, at: patient, through: proxy.address, saying: hello)
      #expect(await eventually(within: .seconds(30)) { patient.node.log.contains("timeout: no TLS handshake from") }, "\(patient.node.log)")
      #expect(slowest.open == 0)
      for peers in [kept, cut, early, slowest] { peers.stop() }
      #expect(await proxy.command.stop() == 0)
      for node in [strict, patient] { await node.stop() }
    }

    @Test(.timeLimit(.minutes(2)))
    func `a peer that does not read costs bounded memory and is cut once silent; without signs of life it is kept`() async throws {
      let folder = try TemporaryFolder()
      let strict = try await LoneNode.start("strict", folder, [])
      let patient = try await LoneNode.start("patient", folder, ["--keep-alive", "off"])
      for node in [strict, patient] {
        try await Load.with(1, to: "large", of: node.node, in: node.data, deadline: .seconds(5)) { load in
          try await load.fill(lines: 100)
          let figures = ProcessFigures(identifier: node.node.command.identifier)
          let before = figures.memory
          let deaf = try DeafPeer(at: node)
          let hasAsked = await eventually(within: .seconds(60)) { deaf.asked >= Self.asked }
          #expect(hasAsked, "\(deaf.asked >> 20) MiB were asked for; \(node.node.log)")
          #expect(figures.memory - before < Self.memory, "\((figures.memory - before) >> 20) MiB")
          deaf.fallSilent()
          // What was asked for keeps the loop busy for a moment more, and it may say so; then nobody is refused.
          let areServed = await eventually {
            let others = await load.callers(1, for: .seconds(1))
            return others.answered > 0 && others.failed.isEmpty
          }
          #expect(areServed, "others are served: \(node.node.log)")
          if node.name == "strict" {
            let isCut = await eventually { node.node.log.contains("the link with operator operator/0 ended: timeout: nothing heard for") }
            #expect(isCut, "\(node.node.log)")
          } else {
            // Longer than it takes where signs of life are asked for.
            _ = await load.callers(1, for: .seconds(6))
            #expect(!node.node.log.contains("ended: timeout"), "\(node.node.log)")
            #expect(!deaf.hasEnded)
          }
          deaf.stop()
        }
        await node.stop()
      }
    }
  }
}
