// Descriptors return to where they were: after many connections, after a stop with everything open, and after they have run
// out. What counts descriptors runs in a process of its own.
import Foundation
import Glibc
import Testing
import TroupeNet

@Suite struct LeakTests {
  /// Connects again and again, `width` at a time, `count` in all; `done` runs when every end has heard `closed`.
  static func churn(
    _ stage: Stage, count: Int, width: Int, _ one: TLSContext, _ two: TLSContext, done: @escaping (any Listener) -> Void
  ) {
    var left = 2 * count
    var toBegin = count
    var listener: (any Listener)!
    func ended(_ reason: CloseReason) {
      left -= 1
      if left == 0 { done(listener) }
    }
    func begin() {
      guard toBegin > 0 else { return }
      toBegin -= 1
      let client = stage.player("client")
      client.onClosed = {
        begin()
        ended($0)
      }
      stage.connect(listener, security: two, client)
    }
    listener = stage.listen(security: one) {
      let server = stage.player("server")
      server.onOpened = { $0.close(.local) }
      server.onClosed = ended
      return server
    }
    for _ in 0..<width { begin() }
  }

  @Test func descriptorsReturnToTheBaseline() async throws {
    await #expect(processExitsWith: .success) {
      let certificates = try Certificates.shared
      let (one, two) = (try certificates.context("n1"), try certificates.context("n2"))
      // libuv opens a few for the whole process with its first loop.
      _ = try await Bed.real.transcript { stage in LeakTests.churn(stage, count: 1, width: 1, one, two) { _ in stage.finish() } }
      let before = Descriptors.open()
      let said = try await Bed.real.transcript(limit: .seconds(60)) { stage in
        LeakTests.churn(stage, count: 100, width: 8, one, two) { _ in stage.finish() }
      }
      precondition(said.filter { $0 == "server closed: local" }.count == 100, "\(said)")
      precondition(Descriptors.open() == before, "\(Descriptors.open()) descriptors are open, \(before) were before")
    }
  }

  @Test func whenDescriptorsRunOutAcceptingRestsAndGoesOn() async throws {
    await #expect(processExitsWith: .success) {
      let said = try await Bed.real.transcript(limit: .seconds(60)) { stage in
        var accepted = 0
        let listener = stage.listen {
          accepted += 1
          let server = stage.player("server")
          if accepted == 3 { server.onOpened = { _ in stage.finish() } }
          return server
        }
        // Three clients get their sockets; the servers' ends need three more, and there are none.
        let clients = (0..<3).map { _ in RawPeer.socketAndConnect(listener.address) }
        let hoard = Descriptors.takeAll()
        stage.loop.schedule(after: .milliseconds(250)) {
          stage.say("accepted \(accepted) without descriptors")
          hoard.forEach { close($0) }
          stage.say("\(clients.count) clients wait")
        }
      }
      precondition(said.prefix(2) == ["accepted 0 without descriptors", "3 clients wait"], "\(said)")
      precondition(said.filter { $0 == "server opened" }.count == 3, "\(said)")
    }
  }

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

private enum Descriptors {
  static func open() -> Int { (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count) ?? -1 }

  /// Opens files until the system gives no more.
  static func takeAll() -> [Int32] {
    var limit = rlimit(rlim_cur: 256, rlim_max: 256)
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    var taken: [Int32] = []
    while true {
      let descriptor = Glibc.open("/dev/null", O_RDONLY)
      if descriptor < 0 { return taken }
      taken.append(descriptor)
    }
  }
}
