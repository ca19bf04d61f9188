// How people write times, bytes and probabilities, and how they are written back.

import Testing
import TroupeTesting

@testable import ShopstreamCommand

struct QuantitiesTests {
  @Test func `times have a unit and may have a fraction`() {
    let good: [(String, Duration)] = [
      ("75ms", .milliseconds(75)), ("2s", .seconds(2)), ("0.5s", .milliseconds(500)), ("1m", .seconds(60)), ("10us", .microseconds(10)),
      ("0", .zero),
    ]
    for (text, duration) in good {
      #expect(DurationWord(argument: text)?.duration == duration, "\(text)")
      #expect(DurationWord(argument: DurationWord.text(duration))?.duration == duration, "\(text) is written back as it is read")
    }
    for bad in ["", "75", "ms", "-1s", "1e3s", "infs", "1.2.3s", "1h", "86401s", "99999999999999999999m", "٣s"] {
      #expect(DurationWord(argument: bad) == nil, "\(bad)")
    }
  }

  @Test func `bytes are decimal or binary, and whole`() {
    let good = [
      ("300", 300), ("300B", 300), ("64KB", 64_000), ("64KiB", 65_536), ("1MB", 1_000_000), ("1.5MB", 1_500_000), ("1GiB", 1 << 30),
    ]
    for (text, count) in good {
      #expect(BytesWord(argument: text)?.count == count, "\(text)")
      #expect(BytesWord(argument: BytesWord.text(count))?.count == count)
    }
    for bad in ["", "B", "1.5", "-1", "1TB", "2000GB", "1e9", "nan"] { #expect(BytesWord(argument: bad) == nil, "\(bad)") }
  }

  @Test func `probabilities are parts of one, or per cent`() {
    #expect(ProbabilityWord(argument: "0.25")?.value == 0.25)
    #expect(ProbabilityWord(argument: "25%")?.value == 0.25)
    #expect(ProbabilityWord(argument: "1")?.value == 1)
    for bad in ["", "%", "1.01", "101%", "-0.1", "inf", "half"] { #expect(ProbabilityWord(argument: bad) == nil, "\(bad)") }
  }

  @Test func `a drip is bytes and a time`() {
    #expect(DripWord(argument: "1B/100ms")?.drip == StreamFaults.Drip(bytes: 1, every: .milliseconds(100)))
    for bad in ["1B", "0B/1s", "1B/", "/1s", "1B/1s/1s"] { #expect(DripWord(argument: bad) == nil, "\(bad)") }
  }
}
