// Where a run's report is written: a folder with report.json and report.html.

import Foundation

struct ChaosReportFiles {
  static let defaultFolder = "chaos-reports"

  let folder: String
  var json: String { folder + "/report.json" }
  var html: String { folder + "/report.html" }

  /// Named, or one of its own for each run.
  init(named folder: String?, scenario: String, at time: String) {
    let digits = time.filter { $0.isNumber || $0 == "T" }
    self.folder = DataDirectory(folder ?? "\(Self.defaultFolder)/\(scenario)-\(digits)").path
  }

  /// Before anything is broken: a run whose report cannot be written is not begun.
  func prepare() throws(Refusal) {
    do { try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true) } catch {
      throw Refusal("The folder \(folder) for the report cannot be made (\(SystemError.describe(error))).")
    }
    try PlainFile.write("", to: json)
  }

  func write(_ report: ChaosReport) throws(Refusal) {
    try PlainFile.write(JSONText.pretty(report) + "\n", to: json)
    try PlainFile.write(ChaosPage(report: report).html, to: html)
  }
}
