// Arithmetic of times: it stays at the calendar's ends, where a sum would be past them.
import Testing
import TroupeNet

@Suite struct InstantTests {
  private static let time = WallTime(milliseconds: 1_700_000_000_000)

  @Test func wallTimesAddAndSubtractToTheMillisecond() {
    #expect(Self.time + .seconds(2) == WallTime(milliseconds: 1_700_000_002_000))
    #expect(Self.time - .milliseconds(1) == WallTime(milliseconds: 1_699_999_999_999))
    #expect(Self.time + .microseconds(1_999) == Self.time + .milliseconds(1), "rounded towards zero")
    #expect(Self.time - .microseconds(1_999) == Self.time - .milliseconds(1))
    #expect((Self.time + .seconds(60)) - Self.time == .seconds(60) && Self.time - (Self.time + .seconds(60)) == .seconds(-60))
  }

  @Test func pastTheCalendarsEndsTheyStayThere() {
    let (first, last) = (WallTime(milliseconds: .min), WallTime(milliseconds: .max))
    for duration in [Duration.seconds(Int64.max), .seconds(Int64.max / 1_000)] {
      #expect(Self.time + duration == last && last + duration == last)
      #expect(first - duration == first)
    }
    #expect(Self.time - .seconds(Int64.max) < Self.time)
    #expect(last - first == .milliseconds(Int64.max) && first - last == .milliseconds(Int64.min))
    #expect(Duration.seconds(Int64.max).wholeMilliseconds == .max && Duration.seconds(Int64.min).wholeMilliseconds == .min)
  }
}
