// The bounds of a connection, its ends under load, and what belongs to the real loop alone: names, signals, two loops.
import Glibc
import Testing
import TroupeNet

@Suite struct LimitTests {
  @Test(arguments: Bed.allCases)
  func inputThatNobodyConsumesEndsTheConnection(bed: Bed) async throws {
    let said = try await bed.transcript { stage in
      let listener = stage.listen {
        let server = stage.player("server")
        server.leavesEverything = true
        server.onClosed = { _ in stage.finish() }
        return server
      }
      let client = stage.player("client")
      client.onOpened = { $0.send([UInt8](repeating: 1, count: ConnectionLimits.input + 1)) }
      stage.connect(listener, client)
    }
    #expect(said.contains("server closed: input-limit"), "\(said)")
  }

  @Test(arguments: Bed.allCases)
  func outputThatNobodyReadsEndsTheConnection(bed: Bed) async throws {
    let said = try await bed.transcript { stage in
      let listener = stage.listen {
        let server = stage.player("server")
        server.onOpened = { $0.pauseReading() }
        return server
      }
      let client = stage.player("client")
      client.onClosed = { _ in stage.finish() }
      client.onOpened = { connection in
        let megabyte = [UInt8](repeating: 2, count: 1 << 20)
        for _ in 0..<90 { connection.send(megabyte) }
      }
      stage.connect(listener, client)
    }
    #expect(said.contains("client closed: output-limit"), "\(said)")
  }

  /// `close` after much output: the kernel takes it within the linger, and the peer reads all of it before the end.
  @Test(arguments: Bed.allCases)
  func whatWasSentBeforeCloseArrives(bed: Bed) async throws {
    let count = 3 << 20
    let said = try await bed.transcript { stage in
      let listener = stage.listen {
        let server = stage.player("server")
        server.isQuiet = true
        var seen = 0
        server.onReceived = { _, bytes in
          seen += bytes.count
          return bytes.count
        }
        server.onClosed = { _ in
          stage.say("server read all: \(seen == count)")
          stage.finish()
        }
        return server
      }
      let client = stage.player("client")
      client.onOpened = { connection in
        connection.send([UInt8](repeating: 3, count: count))
        connection.close(.local)
      }
      stage.connect(listener, client)
    }
    #expect(said.contains("server read all: true"), "\(said)")
    #expect(said.contains("server closed: end-of-file"))
  }

  @Test func namesAreResolved() async throws {
    let said = try await Bed.real.transcript { stage in
      let listener = stage.listen {
        let server = stage.player("server")
        server.onOpened = { $0.close(.local) }
        return server
      }
      let client = stage.player("client")
      client.onClosed = { _ in
        let nobody = stage.player("nobody")
        nobody.onClosed = { _ in stage.finish() }
        let unknown = SocketAddress(host: "no-such-host.invalid", port: 1)
        _ = stage.loop.connect(to: unknown, security: nil, expecting: nil, handler: nobody)
      }
      let named = SocketAddress(host: "localhost", port: listener.address.port)
      let hasty = stage.player("hasty")
      stage.loop.connect(to: named, security: nil, expecting: nil, handler: hasty).close(.local)
      _ = stage.loop.connect(to: named, security: nil, expecting: nil, handler: client)
    }
    #expect(said.contains("hasty closed: local"))
    #expect(said.contains("client closed: end-of-file"), "\(said)")
    #expect(said.last.map { $0 == "nobody closed: unreachable" || $0 == "nobody closed: timeout" } == true, "\(said)")
  }

  @Test func listeningNeedsANumericAddress() async throws {
    let said = try await Bed.real.transcript { stage in
      do throws(NetError) {
        _ = try stage.loop.listen(on: SocketAddress(host: "localhost", port: 0), security: nil) { _ in nil }
      } catch {
        stage.say("\(error)")
      }
      stage.finish()
    }
    #expect(said == ["Cannot listen on localhost:0: the host must be a numeric address."])
  }

  @Test func signalsAreWorkOnALoop() async throws {
    await #expect(processExitsWith: .success) {
      let loop = try UVLoop.start(index: 0, name: "signals")
      await withCheckedContinuation { (seen: CheckedContinuation<Void, Never>) in
        Signals.handle([SIGTERM, SIGUSR1], on: loop) { signal in
          precondition(loop.isCurrent && (signal == SIGTERM || signal == SIGUSR1))
          if signal == SIGUSR1 { seen.resume() }
        }
        loop.execute {
          kill(getpid(), SIGTERM)
          kill(getpid(), SIGUSR1)
        }
      }
      loop.stop()
      loop.join()
    }
  }

  @Test func oneLoopTalksToAnother() async throws {
    let certificates = try Certificates.shared
    let (one, two) = (try certificates.context("n1"), try certificates.context("n2"))
    let loops = [try UVLoop.start(index: 0, name: "left"), try UVLoop.start(index: 1, name: "right")]
    let left = Stage(loops[0]) { _ in }
    let said = await withCheckedContinuation { (done: CheckedContinuation<[String], Never>) in
      let right = Stage(loops[1]) { done.resume(returning: $0) }
      loops[0].execute {
        let listener = left.listen(security: one) {
          let server = left.player("server")
          server.onReceived = { connection, bytes in
            connection.send(bytes)
            return bytes.count
          }
          return server
        }
        let address = listener.address
        loops[1].execute {
          let client = right.player("client")
          var rounds = 0
          client.isQuiet = true
          client.onOpened = { $0.send("x") }
          client.onReceived = { connection, bytes in
            rounds += 1
            if rounds < 2_000 { connection.send("x") } else { right.finish() }
            return bytes.count
          }
          right.say("loop \(CurrentLoop.index ?? -1)")
          _ = loops[1].connect(to: address, security: two, expecting: one.identity, handler: client)
        }
      }
    }
    #expect(said == ["loop 1", "client opened"])
    for loop in loops {
      loop.stop()
      loop.join()
    }
  }
}
