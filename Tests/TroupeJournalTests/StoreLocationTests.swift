// Locations of stores, as configurations write them.

import Testing
import TroupeJournal

@Suite struct StoreLocationTests {
  @Test func isReadAsItIsPrinted() {
    for location in [StoreLocation.memory, .sqlite(directory: "/var/lib/troupe"), .sqlite(directory: "data:1")] {
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

  @Test(arguments: ["", "memory", "sqlite:", "SQLITE:/x", "postgres://x"])
  func refuses(_ text: String) { #expect(StoreLocation(text) == nil) }
}
