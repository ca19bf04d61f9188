// Every input that the fuzzers keep runs again in each test run: their corpora, and what they have found.
import Foundation
import Glibc
import Testing

/// One after the other: the meter and OpenSSL's known randomness belong to one thread at a time.
@Suite(.serialized) struct CorpusTests {
  private static let folder = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent().appending(path: "Corpus")

  @Test(arguments: FuzzTargets.names)
  func everyInputKeepsThePromises(name: String) throws {
    let files = try FileManager.default.contentsOfDirectory(at: Self.folder.appending(path: name), includingPropertiesForKeys: nil)
    #expect(files.count > 10, "the corpus of \(name) is missing")
    for file in files.sorted(by: { $0.path < $1.path }) {
      let finding = FuzzTargets.finding(of: name, for: [UInt8](try Data(contentsOf: file)))
      #expect(finding == nil, "\(name)/\(file.lastPathComponent)")
    }
  }

  @Test func everyCorpusHasItsFuzzer() throws {
    let folders = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
    #expect(Set(folders) == Set(FuzzTargets.names))
  }

  /// Its bound means something where it is measured, and only there.
  @Test func memoryIsMeasuredUnderTheSanitizer() {
    let isSanitized = dlsym(nil, "__asan_init") != nil
    var kept: [UInt8] = []
    let peak = AllocationMeter.peak { kept = [UInt8](repeating: 1, count: 100_000) }
    #expect(kept.count == 100_000)
    #expect(isSanitized ? peak >= 100_000 : peak == 0)
  }

  /// The checks can fail: links that are right in every other way are told from those that are not.
  @Test func whatIsSentIsLookedAt() {
    var silent = SentFrames()
    silent.add([1, 0, 0, 0, 9].span.bytes)
    #expect(silent.fault != nil, "a frame before HELLO passed")
    var late = SentFrames()
    late.add([1, 0, 0, 0, 1, 1, 0, 0, 0, 2, 1, 0, 0, 0, 9].span.bytes)
    #expect(late.fault != nil, "a frame behind GOODBYE passed")
    var half = SentFrames()
    half.add([2, 0, 0, 0, 1].span.bytes)
    #expect(half.fault != nil, "half a frame passed")
  }
}
