// Bytes as values. Promises: whatever can be read can be written and read again as the same value and the same bytes; an older version
// reads what a newer one writes; reading takes no more memory than a small multiple of the bytes.
import Troupe
import TroupeWire

public enum WireTarget: FuzzTarget {
  public static let name = "wire"

  public static func run(_ bytes: UnsafeRawBufferPointer) throws(Finding) {
    var input = FuzzInput(bytes)
    let choice = input.byte()
    let rest = RawSpan(_unsafeBytes: input.rest())
    switch choice & 7 {
    case 0, 1: try olderReads(try roundTrip(Parcel.self, rest))
    case 2: try roundTrip([Part].self, rest)
    case 3: try roundTrip([String: [Int: Set<String>]].self, rest)
    case 4: try roundTrip([Duration?].self, rest)
    case 5: try roundTrip([WireUUID: [UInt8]].self, rest)
    case 6: try roundTrip([Parcel.Kind].self, rest)
    default: try roundTrip(EntityContract.self, rest)
    }
  }

  @discardableResult
  private static func roundTrip<T: Wire & Equatable>(_ type: T.Type, _ bytes: RawSpan) throws(Finding) -> T? {
    var read: T?
    let peak = AllocationMeter.peak {
      var reader = Reader(bytes)
      read = try? reader.read(T.self)
    }
    try expect(peak <= AllocationMeter.allowed(for: bytes.byteCount), "\(bytes.byteCount) bytes of \(type) took \(peak) bytes of memory")
    guard let value = read else { return nil }
    let written = value.wireBytes
    let again: T
    let left: Int
    do throws(WireError) {
      var reader = Reader(written.span.bytes)
      again = try reader.read(T.self)
      left = reader.remaining
    } catch {
      throw Finding("a \(type) was written and cannot be read: \(error)")
    }
    try expect(left == 0, "\(left) bytes are left of a \(type) that was written and read")
    try expect(again.wireBytes == written, "a \(type) has other bytes when it is written again")
    // A number that is none is not equal to itself: then what is read twice from the same bytes is not equal either.
    try expect(again == value || (try? T(from: bytes)) != value, "a \(type) is another one when it is read again")
    return value
  }

  private static func olderReads(_ value: Parcel?) throws(Finding) {
    guard let value else { return }
    guard let old = try? OldParcel(wireBytes: value.wireBytes) else { throw Finding("an older version cannot read a Parcel") }
    try expect(old.name == value.name && old.count == value.count, "an older version reads another Parcel")
  }
}

extension Wire {
  fileprivate init(from bytes: RawSpan) throws(WireError) {
    var reader = Reader(bytes)
    try self.init(from: &reader)
  }
}
