// Types of every sort that travels, as users write them, and an older version of one.
import Troupe
import TroupeWire

@Wire struct Parcel: Hashable {
  @Wire enum Kind: Hashable {
    case letter
    case box(Int, padded: Bool)
    case crate([String], weight: Double?)
  }

  var name: String
  var count: Int = 1
  var kind: Kind = .letter
  var note: String?
  var tags: [String: Int] = [:]
  var parts: [Part] = []
  var seen: Set<UInt16> = []
  var wait: Duration = .zero
  var id = WireUUID(high: 0, low: 0)
  var picture: [UInt8] = []
  var more: [String: [Int: [Bool]]] = [:]
}

@Wire struct Part: Hashable {
  var number: Int32
  var price: UInt64 = 0
  var inside: [Part]?
  var size: Float = 0
}

/// The first version of `Parcel`.
@Wire struct OldParcel: Hashable {
  @Wire enum Kind: Hashable {
    case letter
    case box(Int, padded: Bool)
    case crate([String], weight: Double?)
  }

  var name: String
  var count: Int = 1
  var kind: Kind = .letter
}
