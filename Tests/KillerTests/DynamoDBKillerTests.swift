// The same on DynamoDB: emulators, each of which serves a few nodes at once, and a table for each run.
import AWSEmulator
import Foundation
import Killed
import Testing

@Suite struct DynamoDBKillerTests {
  @Test(arguments: Blow.ofEach)
  func `wherever the node dies each effect is one`(_ cast: Cast, _ blow: Blow) async throws {
    let emulator = try EmulatorProcess()
    try await Sweep(cast: cast, blow: blow) {
      "dynamodb:killer-\(UUID().uuidString)?region=eu-central-1&endpoint=\(emulator.endpoint)"
    }.run("DynamoDB")
  }
}
