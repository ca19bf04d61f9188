// What the README says was measured is what the benches have left behind. It may round; it may not remember.
import Foundation
import Testing

@Suite("README figures")
struct ReadmeFiguresTests {
  /// The figures behind each row of the table, in the order of the numbers in its second cell.
  static let figures: [String: [String]] = [
    "synchronous calls a second, 1,024 in flight": ["calls, synchronous, 1,024 in flight"],
    "async calls a second, 1,024 in flight": ["calls, async, 1,024 in flight"],
    "one call in flight, p50": ["call, synchronous, one in flight"],
    "the same, beside Erlang/OTP": ["calls, synchronous, 1,024 in flight"],
    "answered a second when five times as much is asked": ["goodput at 5 times the capacity"],
    "p99 of 20,000 small calls a second beside 16 MiB messages": ["p99 of small calls, beside 16 MiB messages"],
    "memory of an idle link with TLS": ["idle link with TLS"],
    "memory of an idle entity": ["idle volatile entity", "node with 1,000,000 idle entities"],
    "durable commands a second, 1,024 in flight": ["durable commands, 1,024 in flight"],
    "local call through a `Ref`": ["local call through Ref, same loop"],
    "calls a second across two loops of a node": ["calls that cross loops, 1,024 in flight"],
  ]

  @Test("every row names a figure of its bench, rounded")
  func rows() throws {
    let rows = try Self.table()
    #expect(Set(rows.map(\.label)) == Set(Self.figures.keys), "a row without a figure, or a figure without a row")
    for row in rows {
      let results = try Self.results(of: row.bench)
      for (text, figure) in zip(row.measured.split(separator: "; "), Self.figures[row.label] ?? []) {
        let found = try #require(results.first { $0.figure == figure }, "\(row.bench).json has no figure '\(figure)'")
        #expect(Self.says(text, found.median), "the README says \(text), \(row.bench).json says \(found.median) \(found.unit)")
      }
      #expect(row.measured.split(separator: "; ").count == Self.figures[row.label]?.count)
      for text in row.beside.split(separator: "; ") {
        let ratios = results.filter { Self.figures[row.label]?.contains($0.figure) == true }.compactMap(\.ratio)
        #expect(ratios.contains { Self.says(text, $0) }, "the README says \(text), \(row.bench).json has the ratios \(ratios)")
      }
    }
  }

  @Test("rounding is to the last digit that is not zero")
  func rounding() {
    #expect(Self.says("465,000", 465_168) && Self.says("1,294,000", 1_294_435.8) && Self.says("0.71 of it", 0.7104))
    #expect(!Self.says("465,000", 465_600) && !Self.says("0.71 of it", 0.72) && !Self.says("268,000", 465_168) && !Self.says("fast", 1))
  }

  // MARK: Reading

  struct Row {
    let label: String
    let measured: Substring
    let beside: Substring
    let bench: String
  }

  private static func table() throws -> [Row] {
    let rows = try Repository.text("README.md").matches(of: #/(?m)^\| (.+?) \| (.+?) \|(.*?)\| `make bench NAME=([a-z]+)` \|$/#)
    return rows.map { Row(label: String($0.1), measured: $0.2, beside: $0.3.trimmed, bench: String($0.4)) }
  }

  private static func results(of bench: String) throws -> [BenchResultsTests.Row] {
    let data = try Data(contentsOf: Repository.root.appending(path: "bench/results/\(bench).json"))
    return try JSONDecoder().decode([BenchResultsTests.Row].self, from: data)
  }

  /// Whether the first number in `text` is `value`, rounded to as many digits as it has.
  static func says(_ text: some StringProtocol, _ value: Double) -> Bool {
    let digits = String(text).prefix { $0.isNumber || $0 == "," || $0 == "." }.filter { $0 != "," }
    guard let number = Double(digits) else { return false }
    var unit = 1.0
    if let point = digits.firstIndex(of: ".") {
      unit = pow(10, -Double(digits.distance(from: point, to: digits.endIndex) - 1))
    } else {
      unit = pow(10, Double(digits.reversed().prefix { $0 == "0" }.count))
    }
    return abs(number - value) <= unit / 2
  }
}

extension Substring {
  fileprivate var trimmed: Substring { drop { $0 == " " }.trimmingSuffix { $0 == " " } }

  private func trimmingSuffix(while isDropped: (Character) -> Bool) -> Substring {
    guard let last = lastIndex(where: { !isDropped($0) }) else { return self[endIndex...] }
    return self[...last]
  }
}
