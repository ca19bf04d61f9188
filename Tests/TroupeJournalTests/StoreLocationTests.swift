// Locations of stores, as configurations write them.

import Testing
import TroupeJournal

@Suite struct StoreLocationTests {
  @Test func isReadAsItIsPrinted() {
    let locations = [
      StoreLocation.memory, .sqlite(directory: "/var/lib/troupe"), .sqlite(directory: "data:1"), .postgres("host=db dbname=shop"),
      .postgres("postgres://ann@db:5432/shop?sslmode=verify-full"),
    ]
    for location in locations {
      #expect(StoreLocation(location.description) == location)
    }
  }

  @Test func namesATableItsRegionAndAnEndpoint() {
    let location = StoreLocation.dynamodb(table: "troupe-1", region: "eu-central-1", endpoint: "http://127.0.0.1:8000")
    #expect(StoreLocation("dynamodb:troupe-1?endpoint=http://127.0.0.1:8000&region=eu-central-1") == location)
    #expect(StoreLocation(location.description) == location)
    #expect(StoreLocation("dynamodb:troupe") == .dynamodb(table: "troupe", region: nil, endpoint: nil))
  }

  @Test(arguments: [
    "x", "a b c", "troupe?", "troupe?region", "troupe?region=", "troupe?region=a/b", "troupe?secret=1", "troupe?region=a&region=b",
    "troupe?endpoint=127.0.0.1", "troupe?endpoint=http://", "troupe?endpoint=http://me:word@host", "troupe?endpoint=http://host/path",
  ])
  func refusesTables(_ text: String) { #expect(StoreLocation("dynamodb:" + text) == nil) }

  @Test(arguments: ["", "memory", "sqlite:", "SQLITE:/x", "postgres:", "postgres"])
  func refuses(_ text: String) { #expect(StoreLocation(text) == nil) }

  @Test(
    "passwords are not shown",
    arguments: [
      ("postgres://ann:hunter2@db/shop", "postgres://ann:***@db/shop"),
      ("postgresql://ann:hun@ter2@db/shop?sslmode=require", "postgresql://ann:***@db/shop?sslmode=require"),
      ("postgres://ann:hun?ter2@db/shop", "postgres://***"),
      ("postgres://db/shop?user=ann&password=hunter2", "postgres://db/shop?user=ann&password=***"),
      ("postgres:host=db password=hunter2", "postgres:host=db password=***"),
      ("postgres:password = 'hunter2 \\' hunter2' host=db", "postgres:password=***"),
      ("postgres:host=db sslpassword=hunter2", "postgres:host=db sslpassword=***"),
    ])
  func hides(_ text: String, _ shown: String) {
    let location = StoreLocation(text)
    #expect(location?.description == shown)
    #expect(location.map { "\($0)" + String(reflecting: $0) }?.contains("ter2") == false)
  }
}
