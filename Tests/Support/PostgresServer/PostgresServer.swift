// A PostgreSQL server of a test's own: made by `initdb` in a temporary folder, reached on a socket in it and on a port of loopback,
// stopped and removed at the end. It keeps `fsync` on: tests kill it.

import CPostgres
import ChildPrograms
import Foundation
import Synchronization

public final class PostgresServer: Sendable {
  public struct CannotStart: Error, CustomStringConvertible {
    public let description: String
  }

  /// Holds the data and the socket; belongs to whoever the server runs as.
  public let folder: String
  public let port: Int
  private let child = Mutex<ChildProgram?>(nil)
  private let settings: [String]

  /// Makes a server and starts it.
  ///
  /// - Parameters:
  ///   - settings: of `postgresql.conf`, as `name=value`.
  ///   - prepare: called with the data directory before the start.
  public init(settings: [String] = [], prepare: (String) throws -> Void = { _ in }) throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "troupe-pg-\(UUID().uuidString.prefix(8))").path
    port = Self.freePort()
    self.settings = settings
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try Account.own(folder)
    let made = try Account.run("initdb", ["-D", data, "-U", "postgres", "-A", "trust", "-N", "--locale=C", "-E", "UTF8"])
    guard made.isSuccess else { throw CannotStart(description: "initdb: \(made)") }
    try prepare(data)
    try start()
  }

  deinit {
    stop()
    try? FileManager.default.removeItem(atPath: folder)
  }

  public var data: String { folder + "/data" }

  /// Of a database; on the socket, which nobody else can reach.
  public func conninfo(database: String = "postgres") -> String { "host=\(folder) port=\(port) user=postgres dbname=\(database)" }

  /// The same on TCP.
  public func conninfoOnLoopback(database: String = "postgres") -> String {
    "host=127.0.0.1 port=\(port) user=postgres dbname=\(database)"
  }

  // MARK: Life

  /// Returns when it takes connections, after whatever recovery it needs.
  public func start() throws {
    let arguments = ["-D", data, "-p", "\(port)", "-k", folder, "-h", "127.0.0.1"] + settings.flatMap { ["-c", $0] }
    guard let log = Descriptor.appending(to: folder + "/log") else { throw CannotStart(description: "there is no place for a log") }
    let started = try Account.start("postgres", arguments, ChildProgram.Streams(output: log, errors: log))
    child.withLock { $0 = started }
    for _ in 0..<600 {
      if PQping(conninfo()) == PQPING_OK { return }
      guard started.isRunning else { break }
      Thread.sleep(forTimeInterval: 0.05)
    }
    throw CannotStart(description: "the server did not start: \((try? String(contentsOfFile: folder + "/log", encoding: .utf8)) ?? "")")
  }

  /// Immediate: what runs is aborted, and the next start recovers.
  public func stop() { end(SIGQUIT) }

  /// `kill -9` of the server and all its processes at once, as a machine that loses its power does, but for what the kernel has.
  public func kill() {
    for process in processes { Glibc.kill(process, SIGKILL) }
    end(SIGKILL)
  }

  private func end(_ signal: Int32) {
    guard let running = child.withLock({ $0 }) else { return }
    running.signal(signal)
    while running.isRunning { Thread.sleep(forTimeInterval: 0.01) }
    child.withLock { $0 = nil }
  }

  /// Stops all its processes where they are, until `resume`.
  public func pause() { for process in processes.reversed() { Glibc.kill(process, SIGSTOP) } }
  public func resume() { for process in processes { Glibc.kill(process, SIGCONT) } }

  /// The postmaster first, then its children.
  public var processes: [Int32] {
    guard let main = child.withLock({ $0?.identifier }) else { return [] }
    let text = (try? String(contentsOfFile: "/proc/\(main)/task/\(main)/children", encoding: .utf8)) ?? ""
    return [main] + text.split(separator: " ").compactMap { Int32($0) }
  }

  // MARK: A person's look

  /// Runs statements and answers the fields of the last one's rows, line by line.
  @discardableResult
  public func run(_ sql: String, database: String = "postgres") throws -> [[String]] {
    try PostgresTool(conninfo(database: database)).run(sql)
  }

  private static func freePort() -> Int {
    while true {
      let port = Int.random(in: 10_001..<32_768)
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_port = UInt16(port).bigEndian
      address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
      let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
      defer { close(descriptor) }
      let isFree = withUnsafePointer(to: address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0 }
      }
      if isFree { return port }
    }
  }
}
