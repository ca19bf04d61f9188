// Descriptors return to where they were: after connections, after a stop with everything open, and when they have run out.
import Foundation
import Glibc
import Testing
import TroupeNet

@Suite(.serialized) struct LeakTests {
  /// What one loop holds: descriptors of this thread's making are told apart by being sockets and event descriptors, so
  /// other tests, which run at the same time, are waited for by counting in a process of our own.
  @Test func descriptorsReturnToTheBaseline() async throws {
    let certificates = try Certificates.shared
    let (one, two) = (try certificates.context("n1"), try certificates.context("n2"))
    let said = try await Bed.real.transcript { stage in
      let before = ports(of: stage)
      var left = 200
      var listener: (any Listener)!
      listener = stage.listen(security: one) {
        let server = stage.player("server")
        server.onOpened = { $0.close(.local) }
        server.onClosed = { _ in
          left -= 1
          if left > 0 { return }
          listener.close()
          stage.loop.schedule(after: .milliseconds(20)) {
            stage.say("sockets left: \(ports(of: stage) - before)")
            stage.finish()
          }
        }
        return server
      }
      stage.connect(listener, security: two, stage.player("client"))
      for number in 1..<200 {
        stage.loop.schedule(after: .microseconds(50 * number)) {
          stage.connect(listener, security: two, stage.player("client"))
        }
      }
    }
    #expect(said.last == "sockets left: 0")
    #expect(said.filter { $0 == "server closed: local" }.count == 200)
    #expect(said.filter { $0.hasPrefix("client closed") }.count == 200)
  }

  /// Connections and listeners that live on the script's loop, by what the loop itself knows.
  private func ports(of stage: Stage) -> Int { (stage.loop as? UVLoop)?.residentCount ?? 0 }

  @Test func stoppingClosesEverything() async throws {
    let certificates = try Certificates.shared
    let (one, two) = (try certificates.context("n1"), try certificates.context("n2"))
    let loop = try UVLoop.start(index: 0, name: "stops")
    let stage = Stage(loop) { _ in }
    await withCheckedContinuation { (ready: CheckedContinuation<Void, Never>) in
      loop.execute {
        let listener = stage.listen(security: one) {
          let server = stage.player("server")
          server.onOpened = { _ in ready.resume() }
          return server
        }
        let client = stage.player("client")
        // Whoever reconnects while the loop stops is told so at once, and does not keep it alive.
        client.onClosed = { _ in stage.connect(listener, security: two, stage.player("again")) }
        stage.connect(listener, security: two, client)
        loop.schedule(after: .seconds(3_600)) { stage.say("a timer outlived its loop") }
      }
    }
    loop.stop()
    loop.stop()
    loop.join()
    loop.execute { stage.say("ran after the end") }
    #expect(
      stage.said.filter { $0.contains("closed") }.sorted() == [
        "again closed: loop-stopped", "client closed: loop-stopped", "server closed: loop-stopped",
      ])
    #expect(loop.residentCount == 0)
    #expect(!stage.said.contains("ran after the end"))
  }
}
