// Locations of stores, as configurations write them.

import Testing
import TroupeJournal

@Suite struct StoreLocationTests {
  @Test func isReadAsItIsPrinted() {
    for location in [StoreLocation.memory, .sqlite(directory: "/var/lib/troupe"), .sqlite(directory: "data:1")] {
      #expect(StoreLocation(location.description) == location)
    }
  }

  @Test(arguments: ["", "memory", "sqlite:", "SQLITE:/x", "postgres://x"])
  func refuses(_ text: String) { #expect(StoreLocation(text) == nil) }
}
