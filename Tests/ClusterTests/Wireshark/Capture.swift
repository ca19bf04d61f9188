// What passes some ports of the loopback interface, recorded by dumpcap.

import Foundation
import Testing

struct Capture: Sendable {
  /// Recording is a privilege: of root, and of whoever the machine's owner gave it to.
  static let isPermitted: Bool = {
    let result = try? Shopstream.runBlocking("/usr/bin/env", ["dumpcap", "-D"])
    return result?.code == 0 && result?.output.contains("lo") == true
  }()

  let path: String
  private let command: RunningCommand

  /// Returns when it records.
  init(ports: [Int], in folder: TemporaryFolder) async throws {
    path = folder.path + "/capture.pcapng"
    let log = folder.path + "/dumpcap.log"
    let filter = ports.map { "tcp port \($0)" }.joined(separator: " or ")
    command = try RunningCommand(["dumpcap", "-q", "-i", "lo", "-f", filter, "-w", path], of: "/usr/bin/env", log: log)
    let path = path
    let records = await eventually { FileManager.default.fileExists(atPath: path) }
    try #require(records, "\((try? String(contentsOfFile: log, encoding: .utf8)) ?? "")")
  }

  func stop() async -> Int32 { await command.stop() }
}
