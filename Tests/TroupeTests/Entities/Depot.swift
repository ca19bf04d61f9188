// An entity that takes large arguments in all the places where an argument can stand, for the runtime's own tests.
import Troupe

@Entity("depot")
actor Depot {
  @Wire struct Parcel: Equatable {
    var name: String
    var bytes: [UInt8]
  }

  /// What arrived, in a few numbers: enough to notice a byte that is missing, added or moved.
  @Wire struct Receipt: Equatable {
    var count: Int
    var sum: UInt64
    var note: String

    init(_ bytes: [UInt8], _ note: String = "") {
      count = bytes.count
      sum = bytes.reduce(UInt64(bytes.count)) { $0 &* 31 &+ UInt64($1) }
      self.note = note
    }
  }

  @Wire enum Failure: Error, Equatable { case refused(Int) }

  @Command func put(_ bytes: [UInt8]) -> Receipt { Receipt(bytes) }
  @Command func putLast(_ name: String, number: Int, _ bytes: [UInt8]) -> Receipt { Receipt(bytes, "\(name) \(number)") }
  @Command func putFirst(_ bytes: [UInt8], name: String = "none") -> Receipt { Receipt(bytes, name) }
  @Command func putBoth(_ first: [UInt8], _ second: [UInt8] = []) -> Receipt { Receipt(first + second) }
  @Command func putParcel(_ parcel: Parcel) -> Receipt { Receipt(parcel.bytes, parcel.name) }
  @Command func putParcelAndBytes(_ parcel: Parcel, _ bytes: [UInt8]) -> Receipt { Receipt(parcel.bytes + bytes, parcel.name) }
  @Command func putMany(_ parts: [[UInt8]]) -> Receipt { Receipt(parts.flatMap(\.self)) }
  @Command func putSlowly(_ bytes: [UInt8]) async -> Receipt { Receipt(bytes, "slowly") }
  @Command func refuse(_ bytes: [UInt8]) throws(Failure) -> Receipt { throw .refused(bytes.count) }
  @Command func fail(_ bytes: [UInt8]) throws -> Receipt {
    calls += 1
    throw Broken()
  }
  @Query func failures() -> Int { calls }

  private var calls = 0
  private struct Broken: Error {}
}
