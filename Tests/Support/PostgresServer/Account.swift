// As whom a server runs: PostgreSQL refuses root, so root starts it as `postgres`, whom Debian's package makes.
import ChildPrograms
import Foundation

enum Account {
  private static let isRoot = geteuid() == 0

  static func own(_ folder: String) throws {
    guard isRoot else { return }
    try FileManager.default.setAttributes([.ownerAccountName: "postgres", .groupOwnerAccountName: "postgres"], ofItemAtPath: folder)
  }

  static func run(_ program: String, _ arguments: [String]) throws -> ChildProgram.Outcome {
    let (executable, all) = try command(program, arguments)
    return try ChildProgram.run(executable, all, in: "/")
  }

  static func start(_ program: String, _ arguments: [String], _ streams: ChildProgram.Streams) throws -> ChildProgram {
    let (executable, all) = try command(program, arguments)
    return try ChildProgram(executable, all, in: "/", streams)
  }

  private static func command(_ program: String, _ arguments: [String]) throws -> (String, [String]) {
    let path = try folder() + "/" + program
    guard isRoot else { return (path, arguments) }
    return ("/usr/bin/setpriv", ["--reuid=postgres", "--regid=postgres", "--clear-groups", path] + arguments)
  }

  /// Debian's newest.
  private static func folder() throws -> String {
    let root = "/usr/lib/postgresql"
    let versions = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
    guard let newest = versions.compactMap({ Int($0) }).max() else {
      throw PostgresServer.CannotStart(description: "there is no PostgreSQL in \(root): install Debian's package 'postgresql'")
    }
    return "\(root)/\(newest)/bin"
  }
}
