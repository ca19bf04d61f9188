// A store on a table of its own, in the emulator that all tests share.
import AWSEmulator
import TroupeAWS
import TroupeJournal

@testable import TroupeDynamoDB

enum Tables {
  static let credentials = CredentialSource.fixed(AWSCredentials(accessKey: "test", secretKey: "test"))

  static func name() -> String { "table-\(SystemTime.random())" }

  static func endpoint() throws -> String { try EmulatorProcess.shared.get().endpoint }

  static func configuration(_ endpoint: String? = nil) throws -> AWSConfiguration {
    AWSConfiguration(region: "eu-central-1", endpoint: try endpoint ?? Self.endpoint(), credentials: credentials)
  }

  /// A store that waits for as long as a slow emulator on a busy machine may take: what is tested is not its speed.
  static func store(_ table: String = name(), at endpoint: String? = nil, limit: Duration = .seconds(60)) async throws -> DynamoDBStore {
    try await DynamoDBStore.open(table: table, configuration(endpoint), limit: limit)
  }

  /// Behind every store's back.
  static func raw(_ table: String) throws -> Table {
    Table(name: table, client: try AWSClient(.dynamoDB, configuration()))
  }
}

func failure(_ call: () async throws -> some Any) async -> StoreError? {
  do {
    _ = try await call()
    return nil
  } catch {
    return error as? StoreError
  }
}

extension TurnRecord {
  static func sample(_ number: UInt64) -> TurnRecord {
    TurnRecord(
      call: CallID(caller: 9, sequence: number), method: 4711, argumentsHash: number, status: 0, reply: [1, 2, 3], events: [[1, 2]],
      wallTime: 1_700_000_000_000, isDelete: false)
  }
}
