// Going: on its own wish or an operator's. And the operator's other settings.

extension MembershipMachine {
  /// Nobody could take what this node has: it is the last, or all are leaving. Then shards are not moved but left behind, sealed.
  var isFarewell: Bool {
    guard wantsToLeave, let view else { return false }
    return !view.members.contains { $0.id != me.id && $0.state == .active }
  }

  mutating func leaveIfDue() {
    guard hasLease, let view, let own = view.member(me.id) else { return }
    guard wantsToLeave || own.state == .draining else { return }
    if own.state != .draining {
      if mayChange, let next = try? view.setting(.drain(me.id)) { propose(.set, next) }
      return
    }
    if isFarewell { sealEverything() } else { undoFarewell() }
    guard mayChange, batch == nil || batch?.isFarewell == true else { return }
    let owned = view.shards(of: me.id)
    guard owned.allSatisfy({ shards[$0] == .sealed }) else { return }
    guard let next = try? view.leaving(me.id, sealed: batch?.transfer) else { return }
    isLeaving = true
    propose(.leave, next)
  }

  private mutating func undoFarewell() {
    if batch?.isFarewell == true, mayUnseal { unsealBatch("another member can take them") }
  }

  /// Whatever this node owns and serves, and what is still given to it meanwhile. What waits for a dead owner's lease cannot be
  /// passed on as sealed, so the leave waits with it.
  private mutating func sealEverything() {
    guard batch == nil || batch?.isFarewell == true else { return }
    seal(Dictionary(uniqueKeysWithValues: shards.all(.serving).map { ($0, me.id) }), isFarewell: true)
  }

  // MARK: Settings

  mutating func settingRequested(_ ticket: UInt64, _ setting: Setting) {
    guard settings.count < MembershipTimes.pendingSettings else { return effects.append(.settingEnded(ticket: ticket, .overloaded)) }
    settings.append(PendingSetting(ticket: ticket, setting: setting, deadline: now + times.settingLimit))
  }

  /// One at a time, in order. Whoever else sets the same thing does it for us.
  mutating func setIfDue() {
    while let first = settings.first, let view {
      // While a change is out, or may yet come, what the view says may be over by the time that the answer is read.
      if mayChange, view.satisfies(first.setting) {
        endSetting(.done)
      } else if now >= first.deadline {
        endSetting(.unknown)
      } else {
        guard mayChange else { return }
        do throws(ViewRefusal) {
          return propose(.set, try view.setting(first.setting))
        } catch {
          endSetting(.refused(error))
        }
      }
    }
  }

  private mutating func endSetting(_ outcome: SettingOutcome) {
    effects.append(.settingEnded(ticket: settings.removeFirst().ticket, outcome))
  }
}
