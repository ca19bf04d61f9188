// What stands between `up` and damage: each refusal leaves the directory as it was.

import Foundation
import Testing

@testable import ShopstreamCommand

struct PreflightTests {
  let folder: TemporaryFolder
  let directory: DataDirectory

  init() throws {
    folder = try TemporaryFolder()
    directory = DataDirectory(folder.path + "/data")
  }

  func options(_ more: [String] = []) throws -> UpOptions {
    try UpOptions.parse(["--data", directory.path, "--port", "0", "--admin-port", "0", "--node-port", "0"] + more)
  }

  func sentence(_ more: [String] = []) throws -> String {
    let options = try options(more)
    let refusal = #expect(throws: Refusal.self) { _ = try Preflight.run(options) }
    return refusal?.sentence ?? ""
  }

  func files() throws -> [String: Data] {
    var files: [String: Data] = [:]
    for name in try FileManager.default.subpathsOfDirectory(atPath: directory.path) where name != "lock" {
      files[name] = FileManager.default.contents(atPath: "\(directory.path)/\(name)") ?? Data()
    }
    return files
  }

  @Test func `makes all that is needed, and needs nothing more the second time`() throws {
    #expect(try Preflight.run(try options()).made.count == 1)
    let before = try files()
    #expect(before["format"] == Data("1\n".utf8))
    #expect(before.keys.contains("nodes/node-3/key.pem"))
    #expect(try Preflight.run(try options()).made.isEmpty)
    #expect(try files() == before)
  }

  @Test func `a second one in the same directory is told who runs`() throws {
    let first = try Preflight.run(try options())
    #expect(try sentence().contains("running already in \(directory.path) (process \(getpid()))"))
    withExtendedLifetime(first) {}
  }

  @Test func `a newer directory is left alone`() throws {
    _ = try Preflight.run(try options())
    try "2\n".write(toFile: directory.format, atomically: false, encoding: .utf8)
    let before = try files()
    #expect(try sentence().contains("newer version of shopstream (format 2, this one knows 1)"))
    #expect(try files() == before)
  }

  @Test func `a format file that is none is left alone`() throws {
    _ = try Preflight.run(try options())
    try "what?".write(toFile: directory.format, atomically: false, encoding: .utf8)
    #expect(try sentence().contains("does not hold a format number"))
  }

  @Test func `somebody else's folder is not taken`() throws {
    try FileManager.default.createDirectory(atPath: directory.path, withIntermediateDirectories: true)
    try folder.write("mine", to: "data/letter.txt")
    #expect(try sentence().contains("files that are not shopstream's"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == ["letter.txt"])
  }

  @Test func `a certificate that cannot be read is named and kept`() throws {
    _ = try Preflight.run(try options())
    let path = directory.certificate(of: .node("node-2")).certificate
    try "junk".write(toFile: path, atomically: false, encoding: .utf8)
    let before = try files()
    #expect(try sentence().contains("The certificate \(path) cannot be read"))
    #expect(try files() == before)
  }

  @Test func `a key of another certificate is named and kept`() throws {
    _ = try Preflight.run(try options())
    let key = directory.certificate(of: .gateway).key
    try String(contentsOfFile: directory.authority.key, encoding: .utf8).write(toFile: key, atomically: false, encoding: .utf8)
    #expect(try sentence().contains("The key \(key) does not belong to the certificate beside it"))
  }

  @Test func `a port that is taken is named, with the option that moves it`() throws {
    let taken = try Listening()
    #expect(try sentence(["--admin-port", "\(taken.port)"]).contains("Port \(taken.port) is taken"))
    #expect(try sentence(["--admin-port", "\(taken.port)"]).contains("--admin-port"))
    #expect(try files().isEmpty)
  }

  @Test func `a place that cannot be written is named`() throws {
    try folder.write("", to: "data")
    #expect(try sentence().contains(directory.path))
  }
}
