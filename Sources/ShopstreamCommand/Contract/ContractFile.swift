// A file of contracts, and how it begins.

import Foundation
import Troupe

enum ContractFile {
  static let head = "# What entities offer and store. Written by `shopstream contract --write`; docs/evolution.md says what may change.\n\n"

  static func text(of contracts: [EntityContract]) -> String { head + ContractText.text(of: contracts) }

  static func write(_ contracts: [EntityContract], to path: String) throws(Refusal) {
    do {
      try Data(text(of: contracts).utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw Refusal("The contracts cannot be written to \(path): \(error.localizedDescription)")
    }
  }

  static func read(_ path: String) throws(Refusal) -> [EntityContract] {
    let text: String
    do {
      text = try String(contentsOf: URL(fileURLWithPath: path), encoding: .utf8)
    } catch {
      throw Refusal("The contracts in \(path) cannot be read: \(error.localizedDescription)")
    }
    do throws(ContractTextError) {
      return try ContractText.contracts(in: text)
    } catch {
      throw Refusal("\(path) is no file of contracts: \(error)")
    }
  }
}
