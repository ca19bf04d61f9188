// Why a store did not do what it was asked, and whether it may have done it all the same.

/// A store's refusal or failure.
///
/// A conflict is not an error of `append`: it is an outcome.
public enum StoreError: Error, Hashable, Sendable {
  /// The store does not answer or refuses for now. Nothing was done; a retry may help.
  case unavailable(String)
  /// No answer within the statement's time limit. The outcome is unknown, and may become either later.
  case timeout(String)
  /// The store failed while it committed. The outcome is unknown.
  case unknown(String)
  /// Somebody raised the shard's fence: this head is the shard's now. Nothing was done; the register says who owns it.
  case staleFence(Head)
  /// Records at the offset were removed; the log begins here. Whoever wanted them starts anew.
  case cutOff(Offset)
  /// What is stored is not what was written. Names the place. Nothing is served from it.
  case corrupt(String)
  /// No room. Nothing was done.
  case diskFull(String)
  /// Written by a newer version. Nothing was touched.
  case newerFormat(String)
  /// The caller broke a rule of `Store`. Nothing was done.
  case invalid(String)
  /// After `close`.
  case closed
}

extension StoreError {
  /// Stable; for logs, metrics and programs.
  public var code: String {
    switch self {
    case .unavailable: "store_unavailable"
    case .timeout: "store_timeout"
    case .unknown: "store_unknown"
    case .staleFence: "store_stale_fence"
    case .cutOff: "store_cut_off"
    case .corrupt: "store_corrupt"
    case .diskFull: "store_disk_full"
    case .newerFormat: "store_newer_format"
    case .invalid: "store_invalid"
    case .closed: "store_closed"
    }
  }

  /// Whether it may have taken effect, or may still.
  public var outcomeIsUnknown: Bool {
    switch self {
    case .timeout, .unknown: true
    default: false
    }
  }

  /// Whether the same call may succeed later without anybody's help.
  public var mayRetry: Bool {
    switch self {
    case .unavailable, .timeout, .unknown: true
    default: false
    }
  }
}

extension StoreError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unavailable(let why): "the store is not available: \(why)"
    case .timeout(let what): "the store did not answer in time: \(what); the outcome is unknown"
    case .unknown(let why): "the store failed while it committed: \(why); the outcome is unknown"
    case .staleFence(let head): "the shard's fence was raised to \(head.fence) by writer \(head.owner)"
    case .cutOff(let start): "the log begins at \(start): what stood before it is gone"
    case .corrupt(let what): "the store is damaged: \(what)"
    case .diskFull(let what): "the store's disk is full: \(what)"
    case .newerFormat(let what): what
    case .invalid(let what): "the store was misused: \(what)"
    case .closed: "the store is closed"
    }
  }
}
