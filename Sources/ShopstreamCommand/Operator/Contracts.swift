// What can be called, looked up by name; a name that is not there is answered with those that are.

import Troupe

struct Contracts {
  let kinds: [EntityContract]

  func kind(_ name: String) throws(Refusal) -> EntityContract {
    guard let kind = kinds.first(where: { $0.kind == name }) else {
      let known = kinds.map(\.kind).sorted().joined(separator: ", ")
      throw Refusal("There is no kind '\(name)': this cluster serves \(known.isEmpty ? "none" : known).")
    }
    return kind
  }

  func method(_ name: String, of kind: EntityContract) throws(Refusal) -> MethodContract {
    guard let method = kind.methods.first(where: { $0.name == name }) else {
      let known = kind.methods.map(\.signature).joined(separator: ", ")
      throw Refusal("The kind '\(kind.kind)' has no method '\(name)': it has \(known).")
    }
    return method
  }
}
