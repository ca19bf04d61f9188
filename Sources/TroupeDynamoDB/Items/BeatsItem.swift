// Everybody's beats in one small item, so that one conditional update writes a beat, refuses who is not listed, and answers the
// others': an attribute a listed incarnation, -1 until it has beaten. It changes members in one transaction with the register. Who
// is buried keeps the last count under another name, which no beat is written to and versions that do not know it pass over.
import TroupeCluster
import TroupeJournal

struct BeatsItem: Hashable, Sendable {
  let epoch: Epoch
  /// In the order of their nodes; only of those who have beaten.
  let beats: [Beat]
  private let listed: Set<String>

  /// `m#<incarnation>#<node>`: what a member costs is this name and a small number.
  static func attribute(_ name: IncarnationName) -> String { "m#\(ItemKey.hex(name.incarnation.value, 16))#\(name.id.value)" }

  /// `b#<incarnation>#<node>`.
  static func buriedAttribute(_ name: IncarnationName) -> String { "b" + attribute(name).dropFirst() }

  func lists(_ beat: Beat) -> Bool { listed.contains(Self.attribute(IncarnationName(beat.node, beat.incarnation))) }

  static func first(_ view: View) -> Item {
    var attributes: [String: Attribute] = ["epoch": .number(view.epoch.value)]
    for member in view.members { attributes[attribute(member.name)] = .number(-1) }
    return Item(.beats, attributes)
  }

  init(_ item: Item) throws(StoreError) {
    guard let epoch: UInt64 = item.number("epoch") else { throw .corrupt("the item of beats has no epoch") }
    self.epoch = Epoch(epoch)
    var found: [Beat] = []
    var listed: Set<String> = []
    for (name, value) in item.attributes where name.hasPrefix("m#") || name.hasPrefix("b#") {
      let parts = name.split(separator: "#", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3, let incarnation = UInt64(parts[1], radix: 16), case .number(let digits) = value else {
        throw .corrupt("the beat \(name) cannot be read")
      }
      if name.hasPrefix("m#") { listed.insert(name) }
      guard digits != "-1" else { continue }
      guard let counter = UInt64(digits) else { throw .corrupt("the beat \(name) cannot be read") }
      found.append(Beat(node: NodeID(String(parts[2])), incarnation: Incarnation(incarnation), counter: counter))
    }
    self.listed = listed
    beats = found.sorted { IncarnationName($0.node, $0.incarnation) < IncarnationName($1.node, $1.incarnation) }
  }
}
