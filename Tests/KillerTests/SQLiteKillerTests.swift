// The killer between every two durable steps of a node on SQLite.
import Killed
import Testing

@Suite struct SQLiteKillerTests {
  @Test(arguments: Blow.ofEach)
  func `wherever the node dies each effect is one`(_ cast: Cast, _ blow: Blow) async throws {
    let folder = try Folder()
    try await Sweep(cast: cast, blow: blow) { "sqlite:\(folder.path)/\(Int.random(in: 0..<Int.max))" }.run("SQLite")
  }
}
