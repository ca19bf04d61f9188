// From Swift's words to C's: the strings stand in C memory for the length of the call.

import CSpawn
import Foundation

enum Spawn {
  static func spawn(
    _ executable: String, _ arguments: [String], in folder: String?, _ streams: ChildProgram.Streams
  ) throws(ChildProgram.CannotStart) -> Int32 {
    var words = ([executable] + arguments).map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var identifier: pid_t = 0
    let code = spawn_child(&identifier, executable, &words, folder, streams.input.raw, streams.output.raw, streams.errors.raw)
    guard code == 0 else { throw ChildProgram.CannotStart(executable: executable, code: code) }
    return identifier
  }
}
