// How an entity sets a timer that outlives its node.

/// Bounds of reminders.
public enum ReminderLimits {
  /// Bytes of a reminder's name.
  public static let nameBytes = 255
  /// Bytes of its command's arguments: they stand in every snapshot until it is due.
  public static let argumentBytes = 16 << 10
  /// Reminders of one entity.
  public static let perEntity = 1_024
}

extension EventSourced {
  /// Calls a command of this entity after a while, whatever happens to its node meanwhile. Only in a command.
  ///
  /// ```swift
  /// @Command func hold(_ sku: SKU, quantity: Int) throws(Failure) {
  ///   emit(.held(sku, quantity))
  ///   remind("expire \\(sku)", after: .seconds(900)) { $0.expire(sku) }
  /// }
  /// @Command func expire(_ sku: SKU) { if state.holds[sku] != nil { emit(.released(sku)) } }
  /// ```
  /// - It is set with the turn's events: when they are durable, it is, and it moves with the entity's shard.
  /// - Its command takes effect exactly once: that it ran is part of the record of its turn. A command that throws the entity's own
  ///   error has run. One that fails in another way is tried again, first after a second and then more and more seldom.
  /// - It is due by the wall clock, to the millisecond, and never runs before. After an outage the late ones are spread out: what
  ///   a node's loop has missed comes at 5,000 a second.
  /// - One of the same name replaces it, also from its own command: that is how a reminder repeats.
  /// - Deleting the entity cancels all.
  ///
  /// - Parameters:
  ///   - name: the entity's own name for it, 1 to 255 bytes.
  ///   - delay: nothing or less means at once, behind this turn.
  ///   - call: names the command: exactly one, with arguments of at most 16 KiB. It is not called now.
  public func remind(_ name: String, after delay: Duration, _ call: (Ref.Tell) -> Void) {
    remind(name, at: context.wallClock + delay, call)
  }

  /// The same, at a time of the wall clock.
  public func remind(_ name: String, at time: WallTime, _ call: (Ref.Tell) -> Void) {
    let told = context.capture(kind: Self.kind) { call(Ref.Tell($0)) }
    guard let told, told.count == 1, let command = told.first, command.entity == entityHash(kindID: kindID(Self.kind), id: context.id)
    else {
      return turn.violate("the reminder '\(name)' must name one command of its own entity")
    }
    turn.remind(.set(Reminder(name: name, due: time.milliseconds, method: command.method, arguments: command.arguments)))
  }

  /// Takes a reminder back; nothing when there is none of this name. Only in a command.
  public func cancelReminder(_ name: String) { turn.remind(.cancelled(name)) }
}

/// A command that was named and not sent.
struct CapturedCall {
  /// The hash of its entity's kind and id.
  let entity: UInt64
  let method: UInt64
  let arguments: [UInt8]
}

extension EntityContext {
  /// What `body` tells this entity, instead of sending it. Nil when this is not the entity's loop.
  func capture(kind: String, _ body: (RefTarget) -> Void) -> [CapturedCall]? {
    guard home.isHere else { return nil }
    let stage = home.stage.value
    stage.captured = []
    body(RefTarget(kind: kind, id: id, cluster: stage.cluster))
    defer { stage.captured = nil }
    return stage.captured
  }
}
