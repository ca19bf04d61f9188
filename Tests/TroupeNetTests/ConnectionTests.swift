// Connections without TLS, the same script over both loops.
import Testing
import TroupeNet

@Suite struct ConnectionTests {
  @Test(arguments: Bed.allCases)
  func aQuestionAndAnAnswer(bed: Bed) async throws {
    let said = try await bed.transcript { stage in
      let listener = stage.listen {
        let server = stage.player("server")
        server.onReceived = { connection, bytes in
          guard bytes.count == 5 else { return 0 }
          connection.send("world")
          return 5
        }
        server.onClosed = { _ in stage.finish() }
        return server
      }
      let client = stage.player("client")
      client.isQuiet = true
      client.onOpened = { $0.send("hello") }
      client.onReceived = { connection, bytes in
        guard bytes.count == 5 else { return 0 }
        stage.say("client has \(String(decoding: bytes, as: UTF8.self))")
        connection.close(.local)
        connection.close(.reset)  // the first reason counts
        connection.send("too late")
        return bytes.count
      }
      stage.connect(listener, client)
    }
    #expect(said.filter { $0.hasSuffix("opened") }.sorted() == ["client opened", "server opened"])
    #expect(said.contains("server received hello"))
    #expect(said.contains("client has world"))
    #expect(said.filter { $0.contains("closed") }.sorted() == ["client closed: local", "server closed: end-of-file"])
  }

  @Test(arguments: Bed.allCases)
  func whatIsLeftIsShownAgainWithMoreBehindIt(bed: Bed) async throws {
    let said = try await bed.transcript { stage in
      let listener = stage.listen {
        let server = stage.player("server")
        server.isQuiet = true
        // Frames of three bytes, however they arrive.
        server.onReceived = { connection, bytes in
          var used = 0
          while bytes.count - used >= 3 {
            stage.say(String(decoding: bytes[used..<used + 3], as: UTF8.self))
            used += 3
          }
          if bytes.count - used == 1 { connection.send("next") }
          return used
        }
        server.onClosed = { _ in stage.finish() }
        return server
      }
      let client = stage.player("client")
      client.onOpened = { $0.send("abcd") }
      client.onReceived = { connection, bytes in
        guard bytes.count == 4 else { return 0 }
        connection.send("ef")
        connection.close(.local)
        return 4
      }
      client.isQuiet = true
      stage.connect(listener, client)
    }
    #expect(said.filter { $0.count == 3 } == ["abc", "def"])
    #expect(said.last == "server closed: end-of-file")
  }

  @Test(arguments: Bed.allCases)
  func nobodyListens(bed: Bed) async throws {
    let said = try await bed.transcript { stage in
      let listener = stage.listen { nil }
      let address = listener.address
      listener.close()
      stage.loop.schedule(after: .milliseconds(1)) {
        let client = stage.player("client")
        client.onClosed = { _ in stage.finish() }
        _ = stage.loop.connect(to: address, security: nil, expecting: nil, handler: client)
        stage.say("connect returned")
      }
    }
    #expect(said == ["connect returned", "client closed: unreachable"])
  }

  @Test(arguments: Bed.allCases)
  func anAddressIsTakenOnce(bed: Bed) async throws {
    let said = try await bed.transcript { stage in
      let listener = stage.listen { nil }
      do throws(NetError) {
        _ = try stage.loop.listen(on: listener.address, security: nil) { _ in nil }
      } catch {
        stage.say(error.code)
      }
      stage.finish()
    }
    #expect(said == ["address-in-use"])
  }

  @Test(arguments: Bed.allCases)
  func aListenerMayRefuse(bed: Bed) async throws {
    let said = try await bed.transcript { stage in
      let listener = stage.listen { nil }
      let client = stage.player("client")
      client.onClosed = { _ in stage.finish() }
      stage.connect(listener, client)
    }
    #expect(["client closed: reset", "client closed: end-of-file"].contains(said.last))
  }

  @Test(arguments: Bed.allCases)
  func closingInEveryCallback(bed: Bed) async throws {
    for place in ["opened", "received", "accept", "at once"] {
      let said = try await bed.transcript { stage in
        var open = place == "accept" ? 1 : 2
        let ended: (CloseReason) -> Void = { _ in
          open -= 1
          if open == 0 { stage.finish() }
        }
        let listener = stage.listen {
          if place == "accept" { return nil }
          let server = stage.player("server")
          if place == "received" {
            server.onReceived = { connection, bytes in
              connection.close(.protocolViolation("test"))
              stage.say("still in received")
              return bytes.count
            }
          }
          server.onClosed = ended
          return server
        }
        let client = stage.player("client")
        client.onClosed = ended
        client.onOpened = { connection in
          if place == "opened" { connection.close(.local) }
          connection.send("something")
          if place == "opened" { stage.say("still in opened") }
        }
        let connection = stage.connect(listener, client)
        if place == "at once" {
          connection.close(.local)
          stage.say("still here")
          open = 1
        }
      }
      #expect(said.filter { $0.hasPrefix("client closed") }.count == 1, "\(place): \(said)")
      #expect(said.last != "never finished", "\(place): \(said)")
      if place == "received" { #expect(said.contains("server closed: protocol-violation")) }
      // `closed` never comes from inside the call that closes.
      if let still = said.firstIndex(where: { $0.hasPrefix("still") }) {
        #expect(!said[..<still].contains { $0.hasSuffix("closed: local") || $0.hasSuffix("violation") }, "\(place): \(said)")
      }
    }
  }
}
