// The processes of the nodes that `up` runs on this machine, found where the kernel lists them: children of the `up` whose process id
// stands in cluster.json, by the --id on their command line. Linux.

import Foundation

enum NodeProcesses {
  /// By node. A process that has ended and was not waited for yet is none.
  static func children(of supervisor: Int32) -> [String: Int32] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    var found: [String: Int32] = [:]
    for process in names.compactMap(Int32.init) {
      guard let stat = text("/proc/\(process)/stat"), parent(stat: stat) == supervisor,
        let line = text("/proc/\(process)/cmdline"), let node = node(commandLine: line)
      else { continue }
      found[node] = process
    }
    return found
  }

  static func isRunning(_ process: Int32) -> Bool { kill(process, 0) == 0 || errno == EPERM }

  /// Of the line that /proc has; nil for a zombie. The program's name may hold anything, brackets and blanks among it.
  static func parent(stat: String) -> Int32? {
    guard let end = stat.lastIndex(of: ")") else { return nil }
    let words = stat[stat.index(after: end)...].split(separator: " ")
    guard words.count > 1, words[0] != "Z" else { return nil }
    return Int32(words[1])
  }

  /// Nil for a process that is no node.
  static func node(commandLine: String) -> String? {
    let words = commandLine.split(separator: "\0", omittingEmptySubsequences: false)
    guard words.count > 2, words[1] == "node", let option = words.firstIndex(of: "--id"), option + 1 < words.count else { return nil }
    return String(words[option + 1])
  }

  private static func text(_ path: String) -> String? {
    FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
  }
}
