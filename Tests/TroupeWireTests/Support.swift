// What the tests of this target share: readers are not `Escapable`, so `#expect` is given the values that come out of them.
import Testing

@testable import TroupeWire

/// What `bytes` hold as a `T`, and how many bytes are left behind it.
func read<T: Wire>(_ type: T.Type = T.self, _ bytes: [UInt8]) throws(WireError) -> (value: T, left: Int) {
  var reader = Reader(bytes.span.bytes)
  let value = try reader.read(type)
  return (value, reader.remaining)
}

/// Writes a value, compares with `bytes` where given, and reads it back whole.
func expectRoundTrip<T: Wire & Equatable>(_ value: T, _ bytes: [UInt8]? = nil, _ location: SourceLocation = #_sourceLocation) {
  let written = value.wireBytes
  if let bytes { #expect(written == bytes, sourceLocation: location) }
  do throws(WireError) {
    let (back, left) = try read(T.self, written)
    #expect(back == value, sourceLocation: location)
    #expect(left == 0, sourceLocation: location)
  } catch {
    Issue.record("\(value) was written as \(written) and cannot be read: \(error)", sourceLocation: location)
  }
}

/// SplitMix64: a seed reproduces a run of a property test.
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64
  init(seed: UInt64) { state = seed }
  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }
}
