// The killer between every two durable steps of a node on SQLite, without exception.
import Killed
import Testing

@Suite struct SQLiteKillerTests {
  @Test(arguments: Blow.all(Blow.ofSteps))
  func `wherever the node dies each effect is one`(_ cast: Cast, _ blow: Blow) async throws {
    let folder = try Folder()
    let sweep = Sweep(cast: cast, blow: blow) { .init(location: "sqlite:\(folder.path)/\(Int.random(in: 0..<Int.max))") }
    try await sweep.run("SQLite")
  }
}
