// What a session sets, what it makes of connection strings and of failures.
import PostgresServer
import Testing
import TroupeCluster
import TroupeJournal

@testable import TroupePostgres

@Suite struct SettingsTests {
  @Test func waitsGrowToASecondAndStayApart() {
    var backoff = Backoff()
    let longest = (0..<10).map { _ in backoff.next(random: .max) }
    #expect(longest == longest.sorted() && longest.last! <= Backoff.longest && longest.first! <= Backoff.shortest)
    #expect(backoff.next(random: 0) == Backoff.longest / 2)
    backoff.succeeded()
    #expect(backoff.next(random: 0) == Backoff.shortest / 2)
  }

  @Test func defaultsGiveWayToWhatIsSaid() throws {
    let conninfo = try Conninfo("postgres://ann:secret@one,two/shop?target_session_attrs=any")
    #expect(conninfo["target_session_attrs"] == "any" && conninfo["gssencmode"] == "disable" && conninfo["dbname"] == "shop")
    #expect(conninfo.hostsToResolve == ["one", "two"])
    #expect(conninfo.at(["10.0.0.1", "10.0.0.2"])["hostaddr"] == "10.0.0.1,10.0.0.2")
    #expect(!conninfo.place.contains("secret"))
    #expect(try Conninfo("host=/run/postgresql").hostsToResolve == [])
  }

  @Test(
    "failures before a commit say what they mean",
    arguments: [
      ("53100", "store_disk_full"), ("53300", "store_unavailable"), ("57014", "store_unavailable"), ("40P01", "store_unavailable"),
      ("XX001", "store_corrupt"), ("25006", "store_unavailable"),
    ])
  func failures(_ code: String, _ expected: String) {
    #expect(PostgresFailure(code: code, message: "no").beforeCommit.code == expected)
  }

  @Test func aShardThatComesTwiceGetsAStatementOfItsOwn() {
    let batches = [1, 2, 1, 3, 1].map { AppendBatch.one(.empty, from: 0, shard: ShardID($0)) }
    #expect(AppendPlan(batches).queries.count == 3)
    #expect(AppendPlan([]).queries.isEmpty)
  }

  @Test func anOldServerIsRefusedByName() {
    #expect(StoreFormat.refusal(ofServer: 140_000) == nil)
    #expect(StoreFormat.refusal(ofServer: 130_014)?.hasPrefix("the server is PostgreSQL 13; 14 or later") == true)
  }

  @Test func aSweepIsWorthThePagesItLooksAt() {
    var sweep = TrimSweep()
    let early = sweep.letGo(of: 8_191), due = sweep.letGo(of: 1), twice = sweep.letGo(of: 9_000)
    #expect(!early && due && !twice)
    let tooLarge = Array(sweep.begin(pages: 10_000))
    sweep.end()
    #expect(tooLarge.isEmpty)
    let stillEarly = sweep.letGo(of: 60_000), dueAgain = sweep.letGo(of: 3_000)
    #expect(!stillEarly && dueAgain)
    let pieces = Array(sweep.begin(pages: 130))
    sweep.end()
    #expect(pieces == [0, 64, 128])
    let anew = sweep.letGo(of: 8_191)
    #expect(!anew)
  }
}
