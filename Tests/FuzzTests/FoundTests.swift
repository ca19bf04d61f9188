// What the fuzzers have found, each with a name. The inputs that showed it stand in the corpora as `found-…`.
import Testing
import TroupeWire

@testable import TroupeTransport

extension CorpusTests {
  /// It was taken out before its answer was read: the link ended, and the caller waited for ever.
  @Test(arguments: [FrameType.reply, .answer])
  func aCallerWhoseAnswerIsCutShortIsTold(type: FrameType) throws {
    var writer = Writer()
    // The third of them is a question.
    let start = ReplyFrame.begin(type, request: type == .reply ? 0 : 2, status: .overloaded, to: &writer)
    writer.byte(1)  // of four that say how long to wait
    writer.endFrame(start)
    let outcome = try FramesTarget.feed(writer.bytes, calls: 3, splits: nil)
    #expect(outcome.code == "protocol-violation")
  }
}
