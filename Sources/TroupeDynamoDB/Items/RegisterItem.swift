// The register as an item: the view's bytes, its epoch, and which attempt wrote it.
import TroupeCluster
import TroupeJournal
import TroupeWire

struct RegisterItem: Hashable, Sendable {
  let view: View
  /// Who got no answer finds out here whether it was his change or an equal one of somebody else.
  let nonce: UInt64

  init(view: View, nonce: UInt64) {
    self.view = view
    self.nonce = nonce
  }

  /// Throws `.invalid` when the view is too large for an item: thousands of members, or pins.
  func item() throws(StoreError) -> Item {
    var writer = Writer()
    writer.write(view)
    let bytes = writer.bytes
    guard bytes.count <= Bulk.itemBytes else { throw .invalid("the view has \(bytes.count) bytes, more than \(Bulk.itemBytes)") }
    return Item(
      .register,
      [
        "epoch": .number(view.epoch.value), "nonce": .number(nonce), "view": .bytes(bytes),
        "check": .number(Checksum.of(bytes.span.bytes, seed: nonce)),
      ])
  }

  init(_ item: Item) throws(StoreError) {
    guard let nonce: UInt64 = item.number("nonce"), let bytes = item.bytes("view"), let check: UInt64 = item.number("check"),
      check == Checksum.of(bytes.span.bytes, seed: nonce)
    else { throw .corrupt("the register: its checksum does not match its bytes") }
    do throws(WireError) {
      var reader = Reader(bytes.span.bytes)
      view = try reader.read(View.self)
    } catch {
      throw .corrupt("the register cannot be read: \(error)")
    }
    self.nonce = nonce
    guard item.number("epoch") == view.epoch.value else { throw .corrupt("the register's epoch is not its view's") }
  }
}
