// Which entities wait for this call: it travels with the call, so that a cycle is found when it would close and not when a
// deadline ends it.

final class CallChain: Sendable {
  /// Longer chains are refused: nobody means to write one, and it would grow every frame.
  static let limit = 32

  let kind: UInt32
  let id: String
  let next: CallChain?
  let length: Int

  init(kind: UInt32, id: String, next: CallChain?) {
    self.kind = kind
    self.id = id
    self.next = next
    length = (next?.length ?? 0) + 1
  }

  func contains(kind: UInt32, id: String) -> Bool {
    var link: CallChain? = self
    while let current = link {
      if current.kind == kind && current.id == id { return true }
      link = current.next
    }
    return false
  }

  /// From the outermost caller to the innermost, as kind and id.
  var links: [(kind: UInt32, id: String)] {
    var links: [(kind: UInt32, id: String)] = []
    var link: CallChain? = self
    while let current = link {
      links.append((current.kind, current.id))
      link = current.next
    }
    return links.reversed()
  }
}
