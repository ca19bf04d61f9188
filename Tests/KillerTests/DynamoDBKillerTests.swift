// The same on DynamoDB: a few emulators, each of which serves some nodes at once, and a table for each run. The killer stands between every two
// requests that write, since a step may be several there: before the odd and behind the even ones.
import AWSEmulator
import Foundation
import Killed
import Synchronization
import Testing

@Suite struct DynamoDBKillerTests {
  @Test(arguments: Blow.all(Blow.ofRequests))
  func `wherever the node dies each effect is one`(_ cast: Cast, _ blow: Blow) async throws {
    let endpoint = try Emulators.next()
    let sweep = Sweep(cast: cast, blow: blow, berths: .onDynamoDB) {
      let proxy = blow.requestMoment == nil ? nil : try RequestProxy(to: endpoint)
      let table = "killer-\(UUID().uuidString)"
      return .init(location: "dynamodb:\(table)?region=eu-central-1&endpoint=\(proxy?.endpoint ?? endpoint)", requests: proxy)
    }
    try await sweep.run("DynamoDB", isThinned: true)
  }

  /// In turn. Each takes one request after the other.
  private enum Emulators {
    private static let count = 4
    private static let all = Mutex<(running: [EmulatorProcess], turn: Int)>(([], 0))

    static func next() throws -> String {
      try all.withLock { all in
        if all.running.count < count { all.running.append(try EmulatorProcess()) }
        all.turn += 1
        return all.running[all.turn % all.running.count].endpoint
      }
    }
  }
}
