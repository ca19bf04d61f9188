// Which shopstream this is. Nodes tell it each other, `status` shows it.

import ArgumentParser

enum Version {
  static let text = "0.1.0"
}

struct VersionCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "version", abstract: "Print the version of this program.")

  @Flag(help: "Print a JSON object.")
  var json = false

  func run() async throws {
    var terminal = Terminal()
    terminal.say(
      json ? JSONText.line(["version": Version.text, "dataFormat": "\(DirectoryFormat.current)"]) : "shopstream \(Version.text)")
  }
}
