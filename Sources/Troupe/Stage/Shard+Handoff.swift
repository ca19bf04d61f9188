// Leaving: no turn begins, the running ones end, the log settles; then the shard may be given away. Or it is undone.

extension Shard {
  /// Calls `done` when nothing runs and nothing waits for the disk.
  func seal(_ done: @escaping () -> Void) {
    guard state == .serving else { return }
    if Sabotage.seal.isOn { return done() }
    state = .sealing
    whenSealed = done
    stage.endStreams(of: self)
    abandonCheckpoint()
    parkMailboxes()
    note()
    turnEnded()
  }

  func unseal() {
    guard state == .sealing else { return }
    state = .serving
    whenSealed = nil
    // They came before what was parked.
    parked = (suspects?.takeWaiting() ?? []) + parked
    resumeParked()
    lookForReminders()
  }

  /// What waits for its turn waits for the shard instead, in front of whatever comes: otherwise an entity that always has calls waiting,
  /// each of which takes its time, would keep the shard here for ever.
  ///
  /// Not what an entity's turn waits for: a turn that is running may wait for just that. And not where attempts are written down: those that
  /// wait for their turn have begun as far as the log knows.
  private func parkMailboxes() {
    guard suspects == nil else { return }
    for activation in table.all where activation.waitsForOutsiders {
      guard parked.count + activation.waitingCount <= Self.parkingLimit / 2 else { break }
      parked += activation.takeWaiting()
    }
    if !parked.isEmpty { stage.holders.insert(id.index) }
  }

  /// After each turn and each append.
  func turnEnded() {
    guard state == .sealing, let done = whenSealed, isQuiet else { return }
    whenSealed = nil
    done()
  }

  private var isQuiet: Bool {
    journal.isSettled && checkpoint?.isWriting != true
      && table.all.allSatisfy { $0.phase == .idle && $0.suspendedQueries == 0 && !$0.hasWaiting }
  }

  /// The end of the process: nobody is told, nothing is kept.
  func forget() {
    stage.endStreams(of: self)
    endReminders()
    endConsumers()
    table.removeAll()
    dirty = []
    parked = []
    suspects = nil
    _ = journal.abandon()
    whenSealed = nil
  }

  /// Somebody else owns it now: who waits is sent there.
  func drop(movedTo epoch: Epoch) {
    giveUpMemory()
    for call in parked { stage.reply(to: call.sink, .moved, epoch: epoch) }
    parked = []
  }
}
