// When changed files are read, as dialogues.
import Foundation
import Testing

@testable import TroupeNet

@Suite struct FileLookTests {
  /// States of files that differ: of several files of different sizes.
  private let states: [FileState?]

  init() throws {
    states = try (1...3).map { size in
      let path = FileManager.default.temporaryDirectory.appendingPathComponent("look-\(UUID().uuidString)").path
      try Data(repeating: 1, count: size).write(to: URL(fileURLWithPath: path))
      defer { try? FileManager.default.removeItem(atPath: path) }
      return FileState(of: path)
    }
  }

  @Test func whatStandsStillIsNotReadAgain() {
    var look = FileLook(taken: [states[0]])
    let answers = (0..<3).map { _ in look.sees([states[0]]) }
    #expect(answers == [false, false, false])
  }

  @Test func aChangeIsReadOnceItStandsStill() {
    var look = FileLook(taken: [states[0]])
    // It may still be written, and it was.
    let answers = [states[1], states[2], states[2]].map { look.sees([$0]) }
    #expect(answers == [false, false, true])
    look.took([states[2]])
    let after = look.sees([states[2]])
    #expect(!after)
  }

  @Test func aFileThatIsAwayIsAChangeToo() {
    var look = FileLook(taken: [states[0]])
    let answers = (0..<2).map { _ in look.sees([nil]) }
    #expect(answers == [false, true])
  }

  @Test func whatIsRefusedIsTriedAgainAndIsNewsOnce() {
    var look = FileLook(taken: [states[0]])
    _ = look.sees([states[1]])
    let error = NetError.key("key.pem", "it does not belong to certificate.pem")
    let tries = (0..<3).map { _ in look.sees([states[1]]) }
    #expect(tries == [true, true, true])
    let isNews = [error, error, .key("key.pem", "another reason")].map { look.refused($0) }
    #expect(isNews == [true, false, true])
  }

  @Test func whatWasInForceStandsThereAgain() {
    var look = FileLook(taken: [states[0]])
    _ = look.refused(.key("key.pem", "bad"))
    look.settleIfUnchanged([states[1]])
    #expect(look.refusal != nil)
    look.settleIfUnchanged([states[0]])
    #expect(look.refusal == nil)
  }
}
