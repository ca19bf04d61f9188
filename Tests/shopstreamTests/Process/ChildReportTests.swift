// What a child process tells its parent.

import Testing

@testable import ShopstreamCommand

struct ChildReportTests {
  @Test(arguments: [ChildReport.ready(addresses: ["a:1", "b:2"]), .failed(sentence: "No \"port\".\n")])
  func `is one line and comes back the same`(_ report: ChildReport) {
    #expect(!report.line.contains("\n"))
    #expect(ChildReport(line: report.line) == report)
  }

  @Test(arguments: ["", "ready", "{}", "[]", "{\"ready\":{}}"])
  func `anything else is no report`(_ line: String) {
    #expect(ChildReport(line: line) == nil)
  }

  @Test func `nor is one that is too long`() {
    let report = ChildReport.failed(sentence: String(repeating: "x", count: ChildReport.maximumLength))
    #expect(ChildReport(line: report.line) == nil)
  }
}
