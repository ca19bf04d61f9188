// A descriptor of somebody else's, watched from a loop.
import Glibc
import Testing
import TroupeNet

@Suite struct LoopPollTests {
  /// Both ends of a socket that does not block.
  private static func pair() -> (near: Int32, far: Int32) {
    var ends: [Int32] = [-1, -1]
    let failure = socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends)
    precondition(failure == 0, "no pair of sockets: \(errno)")
    return (ends[0], ends[1])
  }

  @Test func tellsWhatItWatchesForAndNothingElse() async throws {
    let said = try await Bed.real.transcript { stage in
      let (near, far) = Self.pair()
      guard let loop = stage.loop as? UVLoop else { return }
      var poll: LoopPoll?
      var turns = 0
      poll = try? LoopPoll(loop, descriptor: near) { ready in
        turns += 1
        stage.say("\(turns): \(ready.contains(.readable) ? "readable " : "")\(ready.contains(.writable) ? "writable" : "")")
        switch turns {
        case 1:
          // There is room all the time, and nobody asks any more.
          poll?.watch(.readable)
          send(far, "x", 1, 0)
        case 2:
          // Not read: it is still there, and is told again.
          break
        case 3:
          var byte: UInt8 = 0
          recv(near, &byte, 1, 0)
          close(far)
        default:
          var byte: UInt8 = 0
          stage.say("read \(recv(near, &byte, 1, 0))")
          poll?.close()
          poll?.watch(.readable)
          close(near)
          stage.loop.execute { stage.finish() }
        }
      }
      poll?.watch(.writable)
    }
    #expect(said == ["1: writable", "2: readable ", "3: readable ", "4: readable ", "read 0"])
  }

  @Test func aDescriptorThatIsNoneIsRefused() async throws {
    let said = try await Bed.real.transcript { stage in
      guard let loop = stage.loop as? UVLoop else { return }
      do throws(NetError) {
        _ = try LoopPoll(loop, descriptor: -1) { _ in }
      } catch {
        stage.say(error.code)
      }
      stage.finish()
    }
    #expect(said == ["system"])
  }

  @Test func aLoopThatStopsLetsGoOfIt() async throws {
    let (near, far) = Self.pair()
    let loop = try UVLoop.start(index: 0, name: "test")
    await withCheckedContinuation { continuation in
      loop.execute {
        let poll = try? LoopPoll(loop, descriptor: near) { _ in }
        poll?.watch([.readable, .writable])
        continuation.resume()
      }
    }
    loop.stop()
    loop.join()
    #expect(loop.residentCount == 0)
    close(near)
    close(far)
  }
}
