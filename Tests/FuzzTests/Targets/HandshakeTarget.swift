// Two links that greet each other over a way on which anything happens: bytes flipped, lost, repeated and inserted, HELLOs that lie, time
// that passes, ends that leave. The one that calls and the one that answers are ours, the way is the fuzzer's.
//
// Promises: a link opens once, and only to who its certificate and its expectation say; it ends once and with a named reason; no call is
// left without an answer; what is sent is well formed whatever arrives.
import TroupeNet
import TroupeWire

@testable import TroupeTransport

public enum HandshakeTarget: FuzzTarget {
  public static let name = "handshake"

  private static let most = 48

  public static func run(_ bytes: UnsafeRawBufferPointer) throws(Finding) {
    var input = FuzzInput(bytes)
    let way = HandshakeWay(&input)
    var steps = 0
    while !input.isAtEnd, steps < most {
      way.step(&input)
      steps += 1
    }
    way.finish()
    try way.check()
  }
}
