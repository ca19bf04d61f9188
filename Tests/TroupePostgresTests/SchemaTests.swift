// Making the tables, bringing them forward, and what is refused.
import PostgresServer
import Testing
import TroupeCluster
import TroupeJournal

@testable import TroupePostgres

@Suite struct SchemaTests {
  @Test func manyNodesMayCreateOneStore() async throws {
    let conninfo = try SharedServer.freshSchema()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<8 {
        group.addTask {
          let store = try PostgresStore.patient(conninfo)
          _ = try await store.raiseFence(ShardID(number), writer: WriterID(1))
          await store.close()
        }
      }
      try await group.waitForAll()
    }
  }

  @Test func tablesOfANewerVersionAreRefusedAndNotTouched() async throws {
    let conninfo = try SharedServer.freshSchema()
    await (try PostgresStore.patient(conninfo)).close()
    let tool = try PostgresTool(conninfo)
    try tool.run("UPDATE troupe_format SET version = 99")
    let refused = StoreError.newerFormat(
      "the database was written by a newer version (format 99; this one knows formats up to \(StoreFormat.version)); nothing was touched")
    #expect(throws: refused) { try PostgresStore.patient(conninfo) }
    #expect(try tool.run("SELECT version FROM troupe_format") == [["99"]])
  }

  @Test func aNodeWhoseDatabaseIsBroughtForwardMeanwhileStopsWriting() async throws {
    let server = try PostgresServer()
    let conninfo = server.conninfo()
    let store = try PostgresStore.patient(conninfo)
    _ = try await store.raiseFence(3, writer: WriterID(1))
    let tool = try PostgresTool(conninfo)
    try tool.run("UPDATE troupe_format SET version = 99")
    // Whoever brings it forward ends the connections of older ones, which look again when they come back.
    try tool.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'troupe %'")
    let error = await failure { try await persist { try await store.raiseFence(3, writer: WriterID(1)) } }
    #expect(error?.code == "store_newer_format", "\(error as Any)")
    await store.close()
  }

  @Test func anOlderFormatIsBroughtForwardAndKeepsWhatItHas() async throws {
    let conninfo = try SharedServer.freshSchema()
    let store = try PostgresStore.patient(conninfo)
    let head = try await store.raiseFence(3, writer: WriterID(1))
    await store.close()
    let steps = StoreFormat.steps + ["ALTER TABLE troupe_heads ADD COLUMN colour text NOT NULL DEFAULT 'green'"]
    for _ in 0..<2 { try SchemaOpening(conninfo: try Conninfo(conninfo), steps: steps).run() }
    let tool = try PostgresTool(conninfo)
    #expect(try tool.run("SELECT version FROM troupe_format") == [["\(steps.count)"]])
    #expect(try tool.run("SELECT fence, colour FROM troupe_heads") == [["\(head.fence)", "green"]])
  }

  @Test func aDatabaseWithoutTheTableOfTheBuriedGetsItAndKeepsItsFormat() async throws {
    let conninfo = try SharedServer.freshSchema()
    await (try PostgresStore.patient(conninfo)).close()
    let tool = try PostgresTool(conninfo)
    try tool.run("DROP TABLE \(StoreFormat.additionName)")
    await (try PostgresStore.patient(conninfo)).close()
    #expect(try tool.run("SELECT count(*) FROM \(StoreFormat.additionName)") == [["0"]])
    #expect(try tool.run("SELECT version FROM troupe_format") == [["\(StoreFormat.version)"]])
  }

  @Test func aStepThatFailsLeavesNothing() async throws {
    let conninfo = try SharedServer.freshSchema()
    let steps = StoreFormat.steps + ["CREATE TABLE half(x int); SELECT 1 / 0"]
    #expect(throws: StoreError.self) { try SchemaOpening(conninfo: try Conninfo(conninfo), steps: steps).run() }
    let tool = try PostgresTool(conninfo)
    #expect(try tool.run("SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()") == [["0"]])
  }

  @Test func whatCannotBeReadOrReachedIsNamedWithoutSecrets() async throws {
    for conninfo in ["password=hunter2 oops", "nonsense=1 password=hunter2"] {
      let error = await failure { try PostgresStore.open(conninfo) }
      #expect(error?.code == "store_invalid" && error.map { "\($0)".contains("hunter2") } == false)
    }
    let error = await failure { try PostgresStore.open("host=127.0.0.1 port=1 password=hunter2 user=x dbname=y") }
    #expect(error?.code == "store_unavailable" && error.map { "\($0)".contains("127.0.0.1") && !"\($0)".contains("hunter2") } == true)
  }

  @Test func aServerThatKeepsNothingIsRefused() async throws {
    let server = try PostgresServer(settings: ["fsync=off"])
    let store = try PostgresStore.open(server.conninfo())
    let error = await failure { try await store.raiseFence(3, writer: WriterID(1)) }
    #expect(error.map { "\($0)".contains("fsync = off") } == true, "\(error as Any)")
    await store.close()
  }
}
