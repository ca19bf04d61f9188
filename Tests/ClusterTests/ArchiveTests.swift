// An archive on real processes: one cart's long life, of which the log has let go, is there for people and for a table that begins anew.

import Foundation
import GRDB
import ShopCarts
import Testing
import Troupe

@testable import ShopstreamCommand

extension OnRealProcesses {
  @Suite struct ArchiveTests {
    /// Each is a record; the log lets go of the oldest with the second snapshot.
    static let pairs = 2_200

    private static func withClient(_ up: UpProcess, _ body: (Cluster) async throws -> Void) async throws {
      try Credentials.prepare([.operator], in: DataDirectory(up.data), trustDomain: UpPlan.cluster)
      let tls = try TLSContext.load(.operator, from: DataDirectory(up.data), trustDomain: UpPlan.cluster)
      let client = try await Client.connect(
        to: up.nodes.flatMap(\.addresses).compactMap { SocketAddress($0) }, cluster: UpPlan.cluster, name: CertificateHolder.operator.name,
        role: .operator, tls: tls)
      do { try await body(client.cluster) } catch {
        await client.close()
        throw error
      }
      await client.close()
    }

    @Test(.timeLimit(.minutes(4)))
    func `what the log has let go of is in the archive, and comes again when a table begins anew`() async throws {
      let folder = try TemporaryFolder()
      let (archive, views) = (folder.path + "/records", folder.path + "/views.sqlite")
      let up = try await UpProcess(data: folder.path + "/data", ["--archive", archive, "--project", views])
      func run(_ arguments: String...) async throws -> Shopstream.Result { try await Shopstream.run(arguments, in: folder.path) }
      try await Self.withClient(up) { shop in
        // Set when the log has nothing of it any more.
        let cart = shop.entity(Cart.self, "alice")
        _ = try await cart.add("first", quantity: 7)
        for _ in 0..<Self.pairs {
          _ = try await cart.add("mug")
          _ = try await cart.remove("mug")
        }
      }
      #expect(
        await eventually(within: .seconds(60)) {
          (try? await run("archive", "check", archive))?.output.contains("4,096 records of 1 shard in 2 files: all sound") == true
        })
      let past = try await run("archive", "log", archive, "cart/alice")
      let lines = past.output.split(separator: "\n")
      #expect(lines.count == 4_097 && lines[1].contains("first"), "a heading, and the cart's life from its first command on")
      let log = try DatabaseQueue(path: up.data + "/store/log.sqlite")
      // The rows themselves are removed many at a time, and read by nobody until then.
      let isGone = await eventually(within: .seconds(60)) {
        (try? log.read { db in try Int.fetchOne(db, sql: "SELECT max(kept) FROM heads") }).map { $0 ?? 0 >= 2_048 } ?? false
      }
      #expect(isGone, "the log begins later")
      try log.close()

      // The table is lost, and made anew from the first command on.
      #expect(await up.stop() == 0)
      for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: views + suffix) }
      let again = try await UpProcess(data: up.data, ["--archive", archive, "--project", views])
      let database = try DatabaseQueue(path: views)
      func line() throws -> String? {
        try database.read { db in
          try Row.fetchOne(db, sql: "SELECT sku, quantity FROM cart_lines").map { "\($0["sku"] as String) \($0["quantity"] as Int)" }
        }
      }
      #expect(await eventually(within: .seconds(60)) { (try? line()) == "first 7" })
      #expect(await again.stop() == 0)

      // A byte turns.
      let files = try FileManager.default.subpathsOfDirectory(atPath: archive).filter { $0.hasSuffix(".records") }.sorted()
      let file = archive + "/" + files[0]
      var bytes = try Data(contentsOf: URL(filePath: file))
      bytes[bytes.count / 2] ^= 1
      try bytes.write(to: URL(filePath: file))
      let damaged = try await run("archive", "check", archive)
      #expect(damaged.code == 1 && damaged.errors.contains(files[0]), "\(damaged.errors)")
    }

    @Test(.timeLimit(.minutes(1)))
    func `an archive that is something else is refused in one sentence`() async throws {
      let folder = try TemporaryFolder()
      try FileManager.default.createDirectory(atPath: folder.path + "/photos", withIntermediateDirectories: true)
      try Data("x".utf8).write(to: URL(filePath: folder.path + "/photos/cat.jpg"))
      let up = try await Shopstream.run(["up", "--data", folder.path + "/data", "--archive", folder.path + "/photos"], in: folder.path)
      #expect(up.code != 0 && up.errors.contains("is no archive"), "\(up.errors)")
      let check = try await Shopstream.run(["archive", "check", folder.path + "/photos"], in: folder.path)
      #expect(check.code == 1 && check.errors.contains("is no archive"), "\(check.errors)")
    }
  }
}
