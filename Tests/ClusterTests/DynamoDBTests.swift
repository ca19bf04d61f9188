// A cluster whose store is DynamoDB's emulator: commands through the gateway, and a node that is killed.

import AWSEmulator
import Foundation
import Testing

extension OnRealProcesses {
  @Suite struct DynamoDBTests {
    static let carts = 60
    static let lines = 3

    @Test(.timeLimit(.minutes(5)))
    func `on DynamoDB's emulator nothing that was acknowledged is lost with a node`() async throws {
      let emulator = try EmulatorProcess()
      // The nodes' environment is ours; no other test reads these, and the emulator takes any.
      setenv("AWS_ACCESS_KEY_ID", "test", 1)
      setenv("AWS_SECRET_ACCESS_KEY", "test", 1)
      let folder = try TemporaryFolder()
      let store = "dynamodb:troupe?region=eu-central-1&endpoint=\(emulator.endpoint)"
      let up = try await UpProcess(data: folder.path + "/data", nodes: 2, ["--store", store])
      let shopper = Shopper(up.gateway)
      let outcomes = await concurrently(0..<Self.carts * Self.lines, width: 8) { number in
        if number == Self.carts { _ = try? await up.killNode("node-2") }
        let (line, cart) = (number / Self.carts, number % Self.carts)
        return await shopper.add("line-\(line)", quantity: line + 1, to: "d\(cart)", key: "\(cart)-\(line)")
      }
      #expect(outcomes.allSatisfy { $0 == .acknowledged })
      let found = try await concurrently(0..<Self.carts, width: 8) { try await shopper.contents(of: "d\($0)") }
      for (cart, contents) in found.enumerated() { #expect(contents == ["line-0": 1, "line-1": 2, "line-2": 3], "d\(cart)") }
      #expect(!FileManager.default.fileExists(atPath: folder.path + "/data/store/log.sqlite"), "nothing was written elsewhere")
      #expect(await up.stop() == 0)
    }
  }
}
