// Waiting for an answer without asking the runtime where to wait.

/// The same as `withUnsafeContinuation`, but for a hop. That one has an isolation of its own, to which it hops before it suspends, even
/// though its caller is there already; with an executor preference each hop takes the lock of the task's status records, and with three
/// hops a call they were a seventh of a caller's time. This form of the standard library inherits where its caller is.
@inlinable @inline(__always)
nonisolated(nonsending) func suspended<T>(_ body: (UnsafeContinuation<T, Never>) -> Void) async -> sending T {
  await _unsafeInheritExecutor_withUnsafeContinuation(body)
}
