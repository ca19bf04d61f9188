// moto (https://pypi.org/project/moto) as a process of its own, on loopback. `make test-deps` installs it into .build/tools.
import ChildPrograms
import Foundation

/// Runs until it is let go of, and no longer than this process.
public final class EmulatorProcess: Sendable {
  public struct DidNotStart: Error, CustomStringConvertible {
    public let description: String
  }

  /// `http://127.0.0.1:<port>`.
  public let endpoint: String
  private let program: ChildProgram
  private let input: DescriptorPair

  public init() throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    let root = folder.appending(path: "../../..").standardizedFileURL.path
    let own = root + "/.build/tools/moto/bin/python3"
    let (input, output) = (DescriptorPair.pipe(), DescriptorPair.pipe())
    let arguments = [folder.appending(path: "serve.py").path]
    if FileManager.default.isExecutableFile(atPath: own) {
      program = try ChildProgram(own, arguments, .init(input: input.read, output: output.write))
    } else {
      program = try ChildProgram("/usr/bin/env", ["python3"] + arguments, .init(input: input.read, output: output.write))
    }
    self.input = input
    input.read.close()
    output.write.close()
    var line: [UInt8] = []
    while !line.contains(UInt8(ascii: "\n")), let bytes = output.read.readSome() { line += bytes }
    output.read.close()
    guard let port = Int(String(decoding: line, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)) else {
      throw DidNotStart(description: "the emulator of AWS does not start: is moto installed (make test-deps)?")
    }
    endpoint = "http://127.0.0.1:\(port)"
  }

  /// Whoever needs none of his own; each test has a table of its own.
  public static let shared = Result { try EmulatorProcess() }

  deinit {
    input.write.close()
    program.signal(SIGKILL)
  }
}
