// Stopping and starting again, and what stands in the way of a start.

import Foundation
import Testing

extension OnRealProcesses {
  @Suite struct RestartTests {
    @Test(.timeLimit(.minutes(2)))
    func `stopped with Ctrl-C and started again, it finds yesterday's data`() async throws {
      let folder = try TemporaryFolder()
      let first = try await UpProcess(data: folder.path + "/data")
      let shopper = Shopper(first.gateway)
      let outcomes = await concurrently(0..<100, width: 16) { await shopper.add("mug", quantity: $0 % 9 + 1, to: "c\($0)", key: "k") }
      #expect(outcomes.allSatisfy { $0 == .acknowledged })
      let pids = await first.events.pids
      #expect(await first.stop() == 0)
      #expect(pids.allSatisfy { kill($0, 0) != 0 }, "nothing is left behind")

      let second = try await UpProcess(data: folder.path + "/data")
      let again = Shopper(second.gateway)
      let found = try await concurrently(0..<100, width: 16) { try await again.contents(of: "c\($0)") }
      for (cart, contents) in found.enumerated() { #expect(contents == ["mug": cart % 9 + 1], "c\(cart)") }
      // A key is remembered across the restart: the same command again changes nothing.
      #expect(await again.add("mug", quantity: 1, to: "c0", key: "k") == .acknowledged)
      #expect(try await again.contents(of: "c0") == ["mug": 1])
      #expect(await second.stop() == 0)
    }

    @Test(.timeLimit(.minutes(1)))
    func `a second one in the same directory says so and disturbs nobody`() async throws {
      let folder = try TemporaryFolder()
      let up = try await UpProcess(data: folder.path + "/data", nodes: 1)
      let second = try await Shopstream.run(["up", "--data", up.data, "--port", "0", "--admin-port", "0", "--node-port", "0"])
      #expect(second.code == 1)
      #expect(second.errors.contains("running already in \(up.data) (process \(up.identifier))"))
      #expect(await Shopper(up.gateway).add("mug", to: "alice", key: "1") == .acknowledged)
      #expect(await up.stop() == 0)
    }
  }

  @Suite struct RefusalTests {
    /// Runs `up` where it must refuse: one sentence, a code, and every file as it was.
    func refused(_ folder: TemporaryFolder, _ more: [String] = [], saying words: String) async throws {
      let data = folder.path + "/data"
      let before = try files(in: data)
      let result = try await Shopstream.run(["up", "--data", data, "--port", "0", "--admin-port", "0", "--node-port", "0"] + more)
      #expect(result.code == 1)
      #expect(result.errors.contains(words), "\(result.errors)")
      #expect(result.errors.split(separator: "\n").count == 1, "one sentence: \(result.errors)")
      #expect(result.output.isEmpty || !result.output.contains("running"), "\(result.output)")
      let after = try files(in: data)
      for (name, bytes) in before { #expect(after[name] == bytes, "\(name) was changed") }
      #expect(Self.processes(mentioning: data).isEmpty, "no process is left behind")
    }

    /// Whole files by name; the store's write-ahead files are its own business.
    func files(in data: String) throws -> [String: Data] {
      var files: [String: Data] = [:]
      for name in (try? FileManager.default.subpathsOfDirectory(atPath: data)) ?? [] where name != "lock" && !name.hasPrefix("logs/") {
        if name.hasSuffix("-wal") || name.hasSuffix("-shm") { continue }
        files[name] = FileManager.default.contents(atPath: "\(data)/\(name)") ?? Data()
      }
      return files
    }

    /// SQLite's own note of the version, set by another program; the version before.
    static func setStoreVersion(_ version: Int, of path: String) async throws -> Int {
      let script = """
        import sqlite3, sys
        store = sqlite3.connect(sys.argv[1])
        print(store.execute("PRAGMA user_version").fetchone()[0])
        store.execute("PRAGMA user_version = " + sys.argv[2])
        """
      let result = try await Shopstream.run("/usr/bin/env", ["python3", "-c", script, path, "\(version)"])
      return try #require(Int(result.output.trimmingCharacters(in: .whitespacesAndNewlines)), "\(result.errors)")
    }

    static func processes(mentioning text: String) -> [String] {
      let numbers = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
      return numbers.filter { number in
        guard let bytes = FileManager.default.contents(atPath: "/proc/\(number)/cmdline") else { return false }
        return Int32(number) != getpid() && String(decoding: bytes, as: UTF8.self).contains(text)
      }
    }

    /// A directory in which a cluster has run and stopped.
    func used() async throws -> TemporaryFolder {
      let folder = try TemporaryFolder()
      let up = try await UpProcess(data: folder.path + "/data")
      #expect(await Shopper(up.gateway).add("mug", to: "alice", key: "1") == .acknowledged)
      #expect(await up.stop() == 0)
      return folder
    }

    /// After the hindrance is gone everything is as before.
    func stillWorks(_ folder: TemporaryFolder) async throws {
      let up = try await UpProcess(data: folder.path + "/data")
      #expect(try await Shopper(up.gateway).contents(of: "alice") == ["mug": 1])
      #expect(await up.stop() == 0)
    }

    @Test(.timeLimit(.minutes(3)))
    func `a port that is taken`() async throws {
      let folder = try await used()
      let server = try HeldPort()
      try await refused(folder, ["--port", "\(server.port)"], saying: "Port \(server.port) is taken, and the gateway needs it")
      try await refused(folder, ["--node-port", "\(server.port)"], saying: "Port \(server.port) is taken, and the node node-1 needs it")
      try await stillWorks(folder)
    }

    @Test(.timeLimit(.minutes(3)))
    func `a certificate that cannot be read`() async throws {
      let folder = try await used()
      let path = folder.path + "/data/nodes/node-2/certificate.pem"
      let good = try String(contentsOfFile: path, encoding: .utf8)
      try "-----BEGIN CERTIFICATE-----\nnonsense\n".write(toFile: path, atomically: false, encoding: .utf8)
      try await refused(folder, saying: "The certificate \(path) cannot be read")
      try good.write(toFile: path, atomically: false, encoding: .utf8)
      try await stillWorks(folder)
    }

    @Test(.timeLimit(.minutes(3)))
    func `a data directory of a newer version`() async throws {
      let folder = try await used()
      let path = folder.path + "/data/format"
      try "99\n".write(toFile: path, atomically: false, encoding: .utf8)
      try await refused(folder, saying: "is from a newer version of shopstream (format 99, this one knows 1)")
      try "1\n".write(toFile: path, atomically: false, encoding: .utf8)
      try await stillWorks(folder)
    }

    @Test(.timeLimit(.minutes(3)))
    func `a store of a newer version, which the nodes find out`() async throws {
      let folder = try await used()
      let path = folder.path + "/data/store/log.sqlite"
      let version = try await Self.setStoreVersion(99, of: path)
      try await refused(folder, saying: "newer")
      #expect(try await Self.setStoreVersion(version, of: path) == 99, "it was not touched")
      try await stillWorks(folder)
    }
  }
}
