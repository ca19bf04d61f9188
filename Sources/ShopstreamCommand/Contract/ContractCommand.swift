// `shopstream contract`: what this program's kinds offer and store, as text that is committed, and what a change of it breaks. Reads and
// writes files; needs no cluster.

import ArgumentParser
import Troupe

struct ContractCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "contract",
    abstract: "Print what entities offer and store, and find changes that break other versions.",
    discussion: """
      Every kind with its methods and every type that travels or is stored, one thing a line. Committed beside the code, it is what \
      the next version is compared with: exit code 1 and a line for each break when versions would not read each other.

      EXAMPLES
        shopstream contract --write protocols/contracts/shop.contract
        shopstream contract --against protocols/contracts/shop.contract
        shopstream contract --against released.contract --present built.contract
      """)

  @Option(help: ArgumentHelp("Write it to this file instead of printing it.", valueName: "file"))
  var write: String?

  @Option(help: ArgumentHelp("An older version's, to compare with.", valueName: "file"))
  var against: String?

  @Option(help: ArgumentHelp("The newer version's; without it, this program's own.", valueName: "file"))
  var present: String?

  func validate() throws {
    if write != nil, against != nil { throw ValidationError("--write and --against are two things: compare first.") }
    if present != nil, against == nil { throw ValidationError("--present is compared with --against, which is missing.") }
  }

  func run() async throws {
    let contracts = try present.map(ContractFile.read) ?? ShopKinds.contracts
    if let write { return try ContractFile.write(contracts, to: write) }
    var terminal = Terminal()
    guard let against else { return terminal.say(String(ContractFile.text(of: contracts).dropLast())) }
    let breaks = ContractBreak.between(try ContractFile.read(against), contracts)
    for found in breaks { StandardError.say("\(found)") }
    guard breaks.isEmpty else { throw ExitCode(1) }
    terminal.say("Both versions read each other.")
  }
}
