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
