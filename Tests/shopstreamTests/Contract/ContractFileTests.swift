// The committed contracts of the shop are those of the code, and no change of the code breaks what is committed: the check of CI.
import Foundation
import Testing
import Troupe

@testable import ShopstreamCommand

@Suite("The contract file")
struct ContractFileTests {
  static let path = "protocols/contracts/shop.contract"

  private static var file: String {
    var root = URL(fileURLWithPath: #filePath)
    for _ in 0..<4 { root.deleteLastPathComponent() }
    return root.appendingPathComponent(path).path
  }

  @Test("no change breaks an older version")
  func breaks() throws {
    for found in ContractBreak.between(try ContractFile.read(Self.file), ShopKinds.contracts) {
      Issue.record("\(found) See docs/evolution.md.")
    }
  }

  @Test("it is the present code's")
  func current() throws {
    let text = try String(contentsOfFile: Self.file, encoding: .utf8)
    #expect(
      text == ContractFile.text(of: ShopKinds.contracts),
      "\(Self.path) is older than the code: look at the change, then write it with `shopstream contract --write \(Self.path)`")
  }

  @Test("what is read back is what was written")
  func readBack() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/a.contract"
    try ContractFile.write(ShopKinds.contracts, to: path)
    let back = try ContractFile.read(path)
    #expect(ContractText.text(of: back) == ContractText.text(of: ShopKinds.contracts))
    #expect(back.contains { $0.kind == "cart" && $0.isDurable && $0.state == .named("Cart.State") })
  }

  @Test("a file that is none is refused by its line")
  func damaged() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/a.contract"
    try "kind cart durable\n  nonsense\n".write(toFile: path, atomically: true, encoding: .utf8)
    #expect(throws: Refusal("\(path) is no file of contracts: line 2: 'nonsense' cannot be read here")) { try ContractFile.read(path) }
    #expect(throws: Refusal.self) { try ContractFile.read(folder.path + "/nowhere") }
  }
}
