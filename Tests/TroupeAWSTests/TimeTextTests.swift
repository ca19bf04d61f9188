// Times as AWS writes them.
import Testing
import TroupeAWS

@Suite struct TimeTextTests {
  @Test(arguments: [
    (0, "19700101T000000Z"), (1_440_938_160, "20150830T123600Z"), (951_782_400, "20000229T000000Z"), (4_107_542_399, "21000228T235959Z"),
    (4_107_542_400, "21000301T000000Z"),
  ])
  func isWritten(_ seconds: Int64, _ text: String) { #expect(TimeText.basic(seconds) == text) }

  @Test func isReadBack() {
    #expect(TimeText.seconds("2015-08-30T12:36:00Z") == 1_440_938_160)
    #expect(TimeText.seconds("2015-08-30T12:36:00.123Z") == 1_440_938_160)
    for text in ["", "2015-08-30", "2015-13-30T12:36:00Z", "2015-08-30T12:36:00+02:00"] { #expect(TimeText.seconds(text) == nil) }
  }
}
