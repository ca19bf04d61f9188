// What people type at the command line.

import ArgumentParser
import Testing

@testable import ShopstreamCommand

struct CommandLineTests {
  static let commands: [any ParsableCommand.Type] = [
    UpCommand.self, StatusCommand.self, DrainCommand.self, CallCommand.self, EntitiesCommand.self, LogCommand.self,
    ExplainCommand.self, ShardsCommand.self, WeighCommand.self, PinCommand.self, UnpinCommand.self, ActivateCommand.self,
    MoveCommand.self, RebalanceCommand.self,
    NodeCommand.self, GatewayCommand.self, LinksCommand.self, ProxyCommand.self, VersionCommand.self,
    ChaosCommand.self, ChaosListCommand.self, ChaosRunCommand.self,
  ]

  @Test func `every command explains itself on a terminal of 80 columns`() {
    for command in Self.commands {
      let help = ShopstreamCommand.helpMessage(for: command, columns: 80)
      #expect(!command.configuration.abstract.isEmpty)
      #expect(help.contains(command.configuration.abstract.prefix(30)), "\(command)")
    }
  }

  @Test func `examples are not broken across lines`() {
    for command in Self.commands + [ShopstreamCommand.self] {
      for line in command.configuration.discussion.split(separator: "\n") where line.hasPrefix("  ") {
        #expect(line.count <= 78, "\(line)")
      }
    }
  }

  @Test func `every example can be parsed`() throws {
    for command in Self.commands + [ShopstreamCommand.self] {
      let examples = command.configuration.discussion.split(separator: "\n").filter { $0.hasPrefix("  shopstream ") }
      for example in examples {
        let words = Self.words(String(example)).dropFirst()
        #expect(throws: Never.self, "\(example)") { try ShopstreamCommand.parseAsRoot(Array(words)) }
      }
    }
  }

  /// As a shell would split an example: two spaces or a pipe end it.
  static func words(_ line: String) -> [String] {
    var words: [String] = []
    var word = ""
    var isQuoted = false
    let text = line.dropFirst(2).split(separator: "|")[0]
    let command = text.firstRange(of: "   ").map { text[..<$0.lowerBound] } ?? text
    for character in command.firstRange(of: "  ").map({ command[..<$0.lowerBound] }) ?? command {
      if character == "'" {
        isQuoted.toggle()
      } else if character == " ", !isQuoted {
        words.append(word)
        word = ""
      } else {
        word.append(character)
      }
    }
    return (words + [word]).filter { !$0.isEmpty }
  }

  @Test func `an entity is a kind, a slash and an id`() {
    #expect(EntityAddress(argument: "cart/alice").map { [$0.kind, $0.id] } == ["cart", "alice"])
    #expect(EntityAddress(argument: "file/a/b").map { [$0.kind, $0.id] } == ["file", "a/b"])
    for bad in ["cart", "/alice", "cart/", "", "/"] { #expect(EntityAddress(argument: bad) == nil, "\(bad)") }
  }

  @Test func `errors become sentences`() {
    #expect("the store is damaged".sentence == "The store is damaged.")
    #expect("Stop.".sentence == "Stop.")
    #expect("".sentence == "")
  }
}
