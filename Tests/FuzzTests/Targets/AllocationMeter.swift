// How much memory some code holds at most, by the hooks of the address sanitizer; without it nothing is measured.
import Glibc

enum AllocationMeter {
  private struct State {
    var owner: pthread_t
    var isOn = false
    var live = 0
    var peak = 0
  }

  private typealias Hook = @convention(c) (UnsafeRawPointer?, Int) -> Void
  private typealias FreeHook = @convention(c) (UnsafeRawPointer?) -> Void
  private typealias Install = @convention(c) (Hook, FreeHook) -> CInt
  private typealias Size = @convention(c) (UnsafeRawPointer?) -> Int

  /// Sound because the thread that measures alone touches it, but for `owner` and `isOn`, which others only compare.
  nonisolated(unsafe) private static let state: UnsafeMutablePointer<State> = {
    let made = UnsafeMutablePointer<State>.allocate(capacity: 1)
    made.initialize(to: State(owner: pthread_self()))
    return made
  }()

  private static let size: Size? = dlsym(nil, "__sanitizer_get_allocated_size").map { unsafeBitCast($0, to: Size.self) }

  private static let isInstalled: Bool = {
    guard size != nil, let found = dlsym(nil, "__sanitizer_install_malloc_and_free_hooks") else { return false }
    state.pointee.isOn = false
    let allocated: Hook = { _, count in AllocationMeter.add(count) }
    let freed: FreeHook = { pointer in AllocationMeter.remove(pointer) }
    return unsafeBitCast(found, to: Install.self)(allocated, freed) != 0
  }()

  private static func add(_ count: Int) {
    guard state.pointee.isOn, pthread_equal(state.pointee.owner, pthread_self()) != 0 else { return }
    state.pointee.live += count
    state.pointee.peak = max(state.pointee.peak, state.pointee.live)
  }

  private static func remove(_ pointer: UnsafeRawPointer?) {
    guard state.pointee.isOn, pthread_equal(state.pointee.owner, pthread_self()) != 0, let size, let pointer else { return }
    state.pointee.live -= size(pointer)
  }

  /// What `body` holds at most beyond what was held before it, bytes; 0 where nothing measures.
  static func peak<Failure>(during body: () throws(Failure) -> Void) throws(Failure) -> Int {
    guard isInstalled else {
      try body()
      return 0
    }
    state.pointee = State(owner: pthread_self(), isOn: true)
    defer { state.pointee.isOn = false }
    try body()
    return state.pointee.peak
  }

  /// Runs what belongs to the fuzzer and not to what it tries, and frees all that it takes.
  static func unmeasured<Value>(_ body: () -> Value) -> Value {
    let wasOn = state.pointee.isOn
    state.pointee.isOn = false
    defer { state.pointee.isOn = wasOn }
    return body()
  }

  /// The bound that holds for whatever a peer sends: a small multiple of it.
  static func allowed(for bytes: Int) -> Int { 100 * bytes + (64 << 10) }
}
