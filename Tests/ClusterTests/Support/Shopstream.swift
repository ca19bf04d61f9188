// The built program, run as a user runs it.

import ChildPrograms
import Foundation

enum Shopstream {
  /// SHOPSTREAM_BINARY, or the program that was built beside these tests.
  static let binary: String = {
    if let named = ProcessInfo.processInfo.environment["SHOPSTREAM_BINARY"] { return named }
    let here = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
    return URL(filePath: here).deletingLastPathComponent().appending(path: "shopstream").path(percentEncoded: false)
  }()

  /// A command that has not ended by then never will: it is killed, and the test fails by its code.
  static let longest = Duration.seconds(60)

  struct Result: Sendable {
    var code: Int32
    var output: String
    var errors: String
  }

  /// Runs it to its end. On a thread of its own, since waiting for a process blocks.
  static func run(_ arguments: [String], in folder: String? = nil) async throws -> Result {
    try await run(binary, arguments, in: folder)
  }

  /// The same with any other program.
  static func run(_ program: String, _ arguments: [String], in folder: String? = nil) async throws -> Result {
    try await withCheckedThrowingContinuation { waiter in
      Thread.detachNewThread { waiter.resume(with: Swift.Result { try runBlocking(program, arguments, in: folder) }) }
    }
  }

  static func runBlocking(_ program: String, _ arguments: [String], in folder: String? = nil) throws -> Result {
    let outcome = try ChildProgram.run(program, arguments, in: folder, limit: longest)
    return Result(code: outcome.end.code, output: outcome.outputText, errors: outcome.errorText)
  }
}
