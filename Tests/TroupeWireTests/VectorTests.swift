// Three that must agree: this implementation, the file that others test against, and a decoder in another language that was
// written from the specification.
import ChildPrograms
import Foundation
import Testing

@testable import TroupeWire

struct VectorTests {
  private static let here = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  private static let file = here.appendingPathComponent("../../protocols/vectors/values.json").standardizedFileURL

  /// When vectors are added on purpose, run the tests once with `TROUPE_WRITE_VECTORS=1`. Existing lines never change: bytes
  /// like these stand in logs.
  @Test func theFileSaysWhatThisImplementationWrites() throws {
    let printed = Vectors().printed
    if ProcessInfo.processInfo.environment["TROUPE_WRITE_VECTORS"] != nil {
      try printed.write(to: Self.file, atomically: true, encoding: .utf8)
    }
    let stored = try String(contentsOf: Self.file, encoding: .utf8)
    let differing = zip(stored.split(separator: "\n"), printed.split(separator: "\n")).first { $0 != $1 }
    #expect(stored == printed, "first difference: \(differing.map { "\($0)\nbut written is\n\($1)" } ?? "the length")")
  }

  @Test func anIndependentDecoderAgrees() throws {
    let decoder = try ChildProgram.run(
      "/usr/bin/env", ["python3", Self.here.appendingPathComponent("decode_vectors.py").path, Self.file.path])
    #expect(decoder.isSuccess, "\(decoder.outputText)\(decoder.errorText)")
    #expect(decoder.outputText.contains("checks agree"))
  }
}
