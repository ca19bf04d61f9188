// What membership asks of the store. Each answer becomes exactly one event.

extension Membership {
  private func spawn(_ work: @escaping @Sendable (LoopBound<Membership>) async -> Void) {
    let bound = LoopBound(self, on: loop)
    stage.spawn { await work(bound) }
  }

  func beat(_ counter: UInt64) {
    let askers = beatAskers.takeAll()
    spawn { [store, beat = Beat(node: me.id, incarnation: me.incarnation, counter: counter)] driver in
      let event: MembershipEvent
      do throws(StoreError) {
        switch try await store.beat(beat) {
        case .beats(let epoch, let beats):
          event = .beatTaken(epoch, beats.map(\.peer))
          askers.tell(beats.map(\.peer), at: epoch)
        case .refusedNotListed(let epoch, let beats):
          event = .beatRefused(epoch)
          askers.tell(beats.map(\.peer), at: epoch)
        }
      } catch {
        driver.value.log(.debug, "a beat failed: \(error)")
        askers.refuse("the store did not take this node's beat")
        event = .beatFailed
      }
      driver.value.hearStore()
      driver.value.take(event)
    }
  }

  /// Says it once, and again when it says something else.
  private func hearStore() {
    let complaint = store.complaint
    guard complaint != complaintOfStore else { return }
    complaintOfStore = complaint
    if let complaint { log(.error, "the store: \(complaint)") } else { log(.info, "the store is well again") }
  }

  /// The beat of an incarnation that is not listed writes nothing.
  func readBeats() {
    spawn { [store, beat = Beat(node: me.id, incarnation: me.incarnation, counter: 0)] driver in
      let event: MembershipEvent
      do throws(StoreError) {
        switch try await store.beat(beat) {
        case .beats(let epoch, let beats), .refusedNotListed(let epoch, let beats): event = .beatsRead(epoch, beats.map(\.peer))
        }
      } catch {
        event = .beatsReadFailed
      }
      driver.value.take(event)
    }
  }

  func readRegister() {
    spawn { [store] driver in
      let event: MembershipEvent
      do throws(StoreError) {
        event = .registerRead(try await store.readRegister())
      } catch {
        driver.value.log(.warning, "the register cannot be read: \(error)")
        event = .registerReadFailed
      }
      driver.value.take(event)
    }
  }

  func change(_ attempt: @escaping @Sendable () async throws(StoreError) -> CASOutcome) {
    spawn { driver in
      let outcome: ChangeOutcome
      do throws(StoreError) {
        switch try await attempt() {
        case .stored: outcome = .stored
        case .lost(let current): outcome = .lost(current: current)
        }
      } catch {
        driver.value.log(.warning, "the register could not be changed: \(error)")
        outcome = error.outcomeIsUnknown ? .unknown : .failed
      }
      driver.value.take(.changeEnded(outcome))
    }
  }
}

extension Beat {
  var peer: PeerBeat { PeerBeat(IncarnationName(node, incarnation), counter: counter) }
}
