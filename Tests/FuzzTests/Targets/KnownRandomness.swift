// OpenSSL's random numbers for a fuzzer: on its thread the same ones for each input, so that an input does the same thing twice. All other
// threads of the process get real ones.
import Glibc

enum KnownRandomness {
  private typealias Bytes = @convention(c) (UnsafeMutablePointer<UInt8>?, CInt) -> CInt
  private typealias GetMethod = @convention(c) () -> UnsafeRawPointer?
  private typealias SetMethod = @convention(c) (UnsafeRawPointer?) -> CInt

  private struct State {
    var owner: pthread_t
    var isOn = false
    var next: UInt64 = 0
    var real: Bytes
  }

  /// RAND_METHOD's order: seed, bytes, cleanup, add, pseudorand, status.
  private static let (bytesSlot, pseudoSlot, slots) = (1, 4, 6)

  // Sound because it is made once, and only the owner's thread changes it from then on.
  nonisolated(unsafe) private static let state: UnsafeMutablePointer<State>? = install()

  private static func install() -> UnsafeMutablePointer<State>? {
    guard let get = dlsym(nil, "RAND_OpenSSL").map({ unsafeBitCast($0, to: GetMethod.self) }), let real = get(),
      let set = dlsym(nil, "RAND_set_rand_method").map({ unsafeBitCast($0, to: SetMethod.self) })
    else { return nil }
    let method = UnsafeMutableRawPointer.allocate(byteCount: slots * MemoryLayout<UnsafeRawPointer>.stride, alignment: 16)
    method.copyMemory(from: real, byteCount: slots * MemoryLayout<UnsafeRawPointer>.stride)
    let pointers = method.assumingMemoryBound(to: Bytes.self)
    let made = UnsafeMutablePointer<State>.allocate(capacity: 1)
    made.initialize(to: State(owner: pthread_self(), real: pointers[bytesSlot]))
    let known: Bytes = { buffer, count in KnownRandomness.fill(buffer, count) }
    pointers[bytesSlot] = known
    pointers[pseudoSlot] = known
    return set(method) == 1 ? made : nil
  }

  private static func fill(_ buffer: UnsafeMutablePointer<UInt8>?, _ count: CInt) -> CInt {
    guard let state, let buffer else { return 0 }
    guard state.pointee.isOn, pthread_equal(state.pointee.owner, pthread_self()) != 0 else { return state.pointee.real(buffer, count) }
    for index in 0..<Int(count) {
      state.pointee.next = state.pointee.next &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      buffer[index] = UInt8(truncatingIfNeeded: state.pointee.next >> 33)
    }
    return 1
  }

  /// Runs `body` with the same random numbers each time.
  static func with<Failure>(_ body: () throws(Failure) -> Void) throws(Failure) {
    guard let state else { return try body() }
    state.pointee.owner = pthread_self()
    state.pointee.next = 1
    state.pointee.isOn = true
    defer { state.pointee.isOn = false }
    try body()
  }
}
