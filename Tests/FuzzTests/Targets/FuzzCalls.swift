// Calls that a link of a fuzzer makes: each waits in a task of its own, and each must end.
import TroupeNet
import TroupeWire

@testable import TroupeTransport

final class FuzzCalls {
  private(set) var made = 0
  private(set) var ended = 0

  var left: Int { made - ended }

  /// On the loop.
  func call(over link: Link, entity: String, bytes: Int, within deadline: Duration) {
    make(on: link.loop) { waiter in
      let head = CallHead(
        kind: 7, method: 8, isQuery: false, deadline: link.loop.now + deadline, caller: 9, sequence: 10, lowestOpen: 3, epoch: 12)
      link.call(head, entity: entity, write: { $0.append([UInt8](repeating: 1, count: bytes)) }, reply: waiter)
    }
  }

  func ask(over link: Link, within deadline: Duration) {
    make(on: link.loop) { waiter in
      link.ask(AskTopic(rawValue: 3), deadline: link.loop.now + deadline, write: { $0.byte(1) }, reply: waiter)
    }
  }

  private func make(on loop: any EventLoop, _ begin: @escaping (ReplyWaiter) -> Void) {
    made += 1
    // Sound because the task runs on the loop that we are on.
    nonisolated(unsafe) let (calls, begin) = (self, begin)
    Task(executorPreference: loop) {
      _ = await withUnsafeContinuation { begin(ReplyWaiter($0)) }
      calls.ended += 1
    }
  }
}
