// Copies of a store that is in use, put back after everything was lost; and a move to another store.

import Foundation
import Testing

extension OnRealProcesses {
  @Suite struct StoreCommandTests {
    private static func names(_ range: Range<Int>) -> [String] { range.map { "cart-\($0)" } }

    private func fill(_ up: UpProcess, _ carts: Range<Int>) async {
      let shopper = Shopper(up.gateway)
      let outcomes = await concurrently(carts, width: 8) { await shopper.add("mug", quantity: 2, to: "cart-\($0)", key: "\($0)") }
      #expect(outcomes.allSatisfy { $0 == .acknowledged })
    }

    private func contents(_ up: UpProcess, _ carts: Range<Int>) async throws -> [[String: Int]] {
      let shopper = Shopper(up.gateway)
      return try await concurrently(carts, width: 8) { try await shopper.contents(of: "cart-\($0)") }
    }

    @Test(.timeLimit(.minutes(4)))
    func `a backup that was made under load brings back everything acknowledged before it`() async throws {
      let folder = try TemporaryFolder()
      let first = try await UpProcess(data: folder.path + "/data")
      await fill(first, 0..<100)
      async let load: Void = fill(first, 100..<300)
      let backup = try await Shopstream.run(["backup", folder.path + "/monday", "--data", first.data], in: folder.path)
      #expect(backup.code == 0 && backup.output.contains("the copy is sound"), "\(backup.errors)")
      await load
      let again = try await Shopstream.run(["backup", folder.path + "/monday", "--data", first.data], in: folder.path)
      #expect(again.code == 1 && again.errors.contains("is there already"), "\(again.errors)")
      let early = try await Shopstream.run(["restore", folder.path + "/monday", "--data", first.data], in: folder.path)
      #expect(early.code == 1 && early.errors.contains("is running already"), "\(early.errors)")
      #expect(await first.stop() == 0)

      // The disk is lost.
      try FileManager.default.removeItem(atPath: first.data + "/store")
      let restored = try await Shopstream.run(["restore", folder.path + "/monday", "--data", first.data], in: folder.path)
      #expect(restored.code == 0, "\(restored.errors)")
      let second = try await UpProcess(data: first.data)
      #expect(try await contents(second, 0..<100).allSatisfy { $0 == ["mug": 2] })
      // Of what came while it was made, each cart is whole or not there.
      #expect(try await contents(second, 100..<300).allSatisfy { $0 == ["mug": 2] || $0 == [:] })
      await fill(second, 0..<20)  // the keys of a day are still known
      #expect(try await contents(second, 0..<20).allSatisfy { $0 == ["mug": 2] })
      #expect(await second.stop() == 0)

      let path = folder.path + "/monday/log.sqlite"
      let file = try FileHandle(forUpdating: URL(filePath: path))
      try file.seek(toOffset: 8_192)
      try file.write(contentsOf: Data(repeating: 0xa5, count: 4_096))
      try file.close()
      let damaged = try await Shopstream.run(["restore", folder.path + "/monday", "--data", first.data], in: folder.path)
      #expect(damaged.code == 1 && damaged.errors.contains("log.sqlite"), "\(damaged.errors)")
      let third = try await UpProcess(data: first.data)
      #expect(try await contents(third, 0..<20).allSatisfy { $0 == ["mug": 2] }, "what was there is still there")
      #expect(await third.stop() == 0)
    }

    @Test(.timeLimit(.minutes(4)))
    func `a stopped cluster moves to another store, and goes on there`() async throws {
      let folder = try TemporaryFolder()
      let data = folder.path + "/data"
      let first = try await UpProcess(data: data)
      await fill(first, 0..<100)
      func migrate() async throws -> (output: String, errors: String, code: Int32) {
        let result = try await Shopstream.run(
          ["migrate", "--from", "sqlite:\(data)/store", "--to", "sqlite:\(folder.path)/new"], in: folder.path)
        return (result.output, result.errors, result.code)
      }
      let early = try await migrate()
      #expect(early.code == 1 && early.errors.contains("stop the cluster first"), "\(early)")
      #expect(await first.stop() == 0)
      let moved = try await migrate()
      #expect(moved.code == 0 && moved.output.contains("are the same"), "\(moved)")
      let twice = try await migrate()
      #expect(twice.code == 1 && twice.errors.contains("has a cluster already"), "\(twice)")

      try FileManager.default.moveItem(atPath: data + "/store", toPath: data + "/old")
      try FileManager.default.moveItem(atPath: folder.path + "/new", toPath: data + "/store")
      let second = try await UpProcess(data: data)
      #expect(try await contents(second, 0..<100).allSatisfy { $0 == ["mug": 2] })
      await fill(second, 100..<120)
      #expect(await second.stop() == 0)
    }
  }
}
