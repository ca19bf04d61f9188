// Leaving: no turn begins, the running ones end, the log settles; then the shard may be given away. Or it is undone.

extension Shard {
  /// Calls `done` when nothing runs and nothing waits for the disk.
  func seal(_ done: @escaping () -> Void) {
    guard state == .serving else { return }
    if Sabotage.seal.isOn { return done() }
    state = .sealing
    whenSealed = done
    stage.endStreams(of: self)
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
