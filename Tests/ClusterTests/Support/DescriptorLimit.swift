// How many files another process may have open, changed while it runs: by util-linux's prlimit, for Swift does not see the system call.

import Foundation

enum DescriptorLimit {
  struct Failed: Error {
    var text: String
  }

  /// Sets the soft limit of `process`.
  static func set(_ count: Int, of process: Int32) async throws {
    let result = try await Shopstream.run("/usr/bin/env", ["prlimit", "--pid", "\(process)", "--nofile=\(count):"])
    guard result.code == 0 else { throw Failed(text: result.errors) }
  }

  /// The soft limit of `process`.
  static func of(_ process: Int32) throws -> Int {
    let text = try String(contentsOfFile: "/proc/\(process)/limits", encoding: .utf8)
    guard let found = text.firstMatch(of: #/Max open files\s+(\d+)/#), let limit = Int(found.1) else { throw Failed(text: text) }
    return limit
  }
}
