// One kind in two versions: the newer has a field of the state, a value of an event and a case more.
import Troupe

@Entity("badge")
actor OldBadge: EventSourced {
  @Wire struct State: Equatable {
    var points = 0

    mutating func apply(_ event: Event) {
      switch event {
      case .earned(let points): self.points += points
      }
    }
  }
  @Wire enum Event: Equatable { case earned(Int) }

  @Command func earn(_ points: Int, note: String? = nil, asGift: Bool = false) -> Int {
    emit(.earned(points))
    return state.points
  }
  @Query func points() -> Int { state.points }
}

@Entity("badge")
actor NewBadge: EventSourced {
  @Wire struct State: Equatable {
    var points = 0
    /// What only this version knows.
    var gifts = 0
    var notes: [String] = []

    mutating func apply(_ event: Event) {
      switch event {
      case .earned(let points, let note):
        self.points += points
        if let note { notes.append(note) }
      case .given(let points):
        self.points += points
        gifts += points
      }
    }
  }
  @Wire enum Event: Equatable {
    case earned(Int, note: String? = nil)
    case given(Int)
  }

  @Command func earn(_ points: Int, note: String? = nil, asGift: Bool = false) -> Int {
    // In the old way for as long as somebody needs that.
    emit(asGift && everybodyReads(.given(points)) ? .given(points) : .earned(points, note: note))
    return state.points
  }
  /// Does not ask, and is refused for as long as somebody does not know the case; with it goes what it did before.
  @Command func give(_ points: Int) -> Int {
    emit(.earned(1))
    emit(.given(points))
    return state.points
  }
  @Command func giveLater(_ points: Int) { remind("gift", after: .seconds(1)) { $0.give(points) } }
  @Query func points() -> Int { state.points }
  @Query func whole() -> State { state }
}

enum BadgeVersion {
  static let old: @Sendable (inout Registry) -> Void = { $0.register(OldBadge.self) }
  static let new: @Sendable (inout Registry) -> Void = { $0.register(NewBadge.self) }
}
