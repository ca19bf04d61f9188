// The form of what benches leave behind: tools and later benches rely on it.
import Foundation
import Testing

@Suite("Bench results")
struct BenchResultsTests {
  struct Row: Decodable {
    let figure: String
    let unit: String
    let median: Double
    let min: Double
    let max: Double
    let runs: Int
    let compared_with: String?
    let ratio: Double?
    let command: String
  }

  @Test("every result has the form, and a command that repeats it")
  func form() throws {
    for path in Repository.files(in: "bench/results", ending: ".json") {
      let data = try Data(contentsOf: Repository.root.appending(path: path))
      let rows = try JSONDecoder().decode([Row].self, from: data)
      #expect(!rows.isEmpty, "\(path) is empty")
      let name = path.split(separator: "/").last?.dropLast(".json".count) ?? ""
      #expect(Repository.exists("bench/benches/\(name).py"), "\(path) belongs to no bench")
      for row in rows {
        #expect(row.min <= row.median && row.median <= row.max, "\(path): \(row.figure)")
        #expect(row.runs >= 1 && row.command == "make bench NAME=\(name)", "\(path): \(row.figure)")
        #expect((row.compared_with == nil) == (row.ratio == nil), "\(path): \(row.figure)")
      }
    }
  }
}
