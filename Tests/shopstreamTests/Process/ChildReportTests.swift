import Testing

@testable import ShopstreamCommand

struct ChildReportTests {
  @Test(arguments: [ChildReport.ready(addresses: ["a:1", "b:2"]), .failed(sentence: "No \"port\".\n")])
  func `is one line and comes back the same`(_ report: ChildReport) {
    #expect(!report.line.contains("\n"))
    #expect(ChildReport(line: report.line) == report)
  }

  @Test(arguments: ["", "ready", "{}", "[]", "{\"ready\":{}}", String(repeating: " ", count: 20_000) + "{\"failed\":{\"sentence\":\"\"}}"])
  func `anything else is no report`(_ line: String) {
    #expect(ChildReport(line: line) == nil)
  }
}
