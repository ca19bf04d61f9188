// What another process may have, changed while it runs: by util-linux's prlimit, for Swift does not see the system call.

import Foundation

enum ProcessLimit {
  struct Failed: Error {
    var text: String
  }

  /// Sets how many descriptors `process` may have.
  static func setDescriptors(_ count: Int, of process: Int32) async throws {
    try await set("--nofile=\(count):", of: process)
  }

  /// Sets how many bytes `process` may write to that are nobody else's.
  static func setData(_ bytes: Int, of process: Int32) async throws {
    try await set("--data=\(bytes):", of: process)
  }

  private static func set(_ limit: String, of process: Int32) async throws {
    let result = try await Shopstream.run("/usr/bin/env", ["prlimit", "--pid", "\(process)", limit])
    guard result.code == 0 else { throw Failed(text: result.errors) }
  }

  /// How many descriptors `process` may have.
  static func descriptors(of process: Int32) throws -> Int {
    let text = try String(contentsOfFile: "/proc/\(process)/limits", encoding: .utf8)
    guard let found = text.firstMatch(of: #/Max open files\s+(\d+)/#), let limit = Int(found.1) else { throw Failed(text: text) }
    return limit
  }
}
