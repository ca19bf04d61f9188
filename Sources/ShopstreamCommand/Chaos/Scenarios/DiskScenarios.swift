// A disk that is slow to flush, and one that fails to: what one node's process is told by the kernel, through strace. For nodes that write
// files themselves, as they do on SQLite.

import ChildPrograms
import Foundation

extension ChaosScenario {
  static let slowDisk = ChaosScenario(
    name: "slow-disk", summary: "each flush of one node takes 0.1 s more, for ten seconds", nodes: 3, rounds: 1, needsTracing: true
  ) { stage, _ in
    let victim = stage.cluster.nodes.shuffled()[0]
    try await stage.spoilDisk("\(victim)'s disk is slow", of: victim, "delay_enter=100000")
  }

  static let failingDisk = ChaosScenario(
    name: "failing-disk", summary: "each flush of one node fails with an input/output error, for ten seconds", nodes: 3, rounds: 1,
    needsTracing: true
  ) { stage, _ in
    let victim = stage.cluster.nodes.shuffled()[0]
    try await stage.spoilDisk("\(victim)'s disk fails", of: victim, "error=EIO")
  }
}

/// A process under strace, which lies to it.
private final class Tracer: Sendable {
  private static let flushes = "fsync,fdatasync"
  private let program: ChildProgram

  init(_ process: Int32, _ injection: String) throws(Refusal) {
    do {
      program = try ChildProgram(
        "/usr/bin/env",
        [
          "strace", "-f", "-qq", "-o", "/dev/null", "-p", "\(process)", "-e", "trace=\(Self.flushes)", "-e",
          "inject=\(Self.flushes):\(injection)",
        ], ChildProgram.Streams())
    } catch {
      throw Refusal("'strace' cannot be run (\(SystemError.describe(error.code))).")
    }
  }

  var isRunning: Bool { program.isRunning }

  /// It lets its process go on unharmed.
  func stop() { program.signal(SIGINT) }
}

extension ChaosStage {
  static let attachTime: Duration = .milliseconds(300)

  func spoilDisk(_ name: String, of node: String, _ injection: String) async throws {
    guard let process = cluster.processes[node] else { throw Refusal("\(node) has no process that could be reached.") }
    var tracer: Tracer?
    try await fault(name, [node]) { tracer = try Tracer(process, injection) }
    defer { tracer?.stop() }
    try await Task.sleep(for: Self.attachTime)
    // It ends with its process, and at once when it may not look into that.
    guard tracer?.isRunning == true || !NodeProcesses.isRunning(process) else {
      throw Refusal("'strace' cannot look into \(node): it needs root, or a kernel that lets it (kernel.yama.ptrace_scope).")
    }
    try await Task.sleep(for: Self.cutTime)
    tracer?.stop()
    history.note("\(node)'s disk is well again")
    _ = try await cluster.eventually(within: Self.moveLimit) { tracer?.isRunning != true }
    try await recovery()
  }
}
