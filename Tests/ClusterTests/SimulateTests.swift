// `shopstream simulate` as a person meets it.

import Testing

extension OnRealProcesses {
  @Suite struct SimulateTests {
    private func simulate(_ arguments: String...) async throws -> Shopstream.Result { try await Shopstream.run(["simulate"] + arguments) }

    @Test func `the same seed gives the same history in two processes`() async throws {
      let first = try await simulate("--seed", "11", "--count", "8", "--json")
      #expect(first.code == 0, "\(first.errors)")
      #expect(first.output.split(separator: "\n").count == 8)
      let second = try await simulate("--seed", "11", "--count", "8", "--json")
      #expect(first.output == second.output)
    }

    @Test func `a seed tells its story`() async throws {
      let story = try await simulate("--seed", "11", "--story", "--history", "all")
      #expect(story.code == 0, "\(story.errors)")
      for words in ["Every promise held.", "n1 starts, its 1. life", "all faults are over", "write(cell-"] {
        #expect(story.output.contains(words), "'\(words)' is missing")
      }
    }

    @Test func `work that goes on by itself is simulated as well`() async throws {
      let ongoing = try await simulate("--seed", "11", "--work", "ongoing", "--history", "all")
      #expect(ongoing.code == 0 && ongoing.output.contains("Every promise held."), "\(ongoing.output)\(ongoing.errors)")
      for words in ["set(alarm-", "note(note-", "transfer(purses"] { #expect(ongoing.output.contains(words), "'\(words)' is missing") }
    }

    @Test(arguments: [
      ["--work", "rest"], ["--count", "0"], ["--jobs", "0"], ["--seed", "-1"], ["--seed", "x"],
      ["--seed", "18446744073709551615", "--count", "2"],
    ])
    func `bad numbers are refused`(arguments: [String]) async throws {
      let refused = try await Shopstream.run(["simulate"] + arguments)
      #expect(refused.code == 64 && !refused.errors.isEmpty, "\(arguments): \(refused.errors)")
    }
  }
}
