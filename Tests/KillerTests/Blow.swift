// Where the node dies. Which of these are tried is the store's to say: what is one step to a node may be several to a store.
import Killed
import Testing

enum Blow: String, Sendable, CustomTestStringConvertible {
  /// At a durable step: the store was not asked yet, or it has done it and nobody heard.
  case beforeTheStep, behindTheStep
  /// Between an effect outside and its answer.
  case unanswered
  /// In the midst of the scenario, and again at a step of the life behind that: while it joins, takes over and makes good what was open.
  case againBeforeTheStep, againBehindTheStep
  /// At a request of the store's to its server that writes; see `RequestProxy`.
  case beforeTheRequest, behindTheRequest

  var testDescription: String { rawValue }

  static let ofSteps: [Blow] = [.beforeTheStep, .behindTheStep, .unanswered, .againBeforeTheStep, .againBehindTheStep]
  static let ofRequests: [Blow] = [.beforeTheRequest, .behindTheRequest, .unanswered, .againBeforeTheStep, .againBehindTheStep]

  /// With each cast whom it may meet: commands have no effect outside.
  static func all(_ blows: [Blow]) -> [(Cast, Blow)] {
    Cast.allCases.flatMap { cast in blows.filter { !cast.isCommandsOnly || $0 != .unanswered }.map { (cast, $0) } }
  }

  var isBehind: Bool { [.behindTheStep, .againBehindTheStep, .behindTheRequest].contains(self) }
  var isAgain: Bool { self == .againBeforeTheStep || self == .againBehindTheStep }

  /// Of the first lives.
  func orders(killAt step: Int, _ cast: Cast) -> [KillOrder] {
    switch self {
    case .beforeTheStep: [KillOrder(.before, step: step)]
    case .behindTheStep: [KillOrder(.behind, step: step)]
    case .unanswered, .beforeTheRequest, .behindTheRequest: []
    case .againBeforeTheStep: [cast.midway, KillOrder(.before, step: step, countsFromStart: true)]
    case .againBehindTheStep: [cast.midway, KillOrder(.behind, step: step, countsFromStart: true)]
    }
  }

  /// A store's server is struck on the way there.
  var requestMoment: KillOrder.Moment? {
    switch self {
    case .beforeTheRequest: .before
    case .behindTheRequest: .behind
    default: nil
    }
  }
}

extension Cast {
  var isCommandsOnly: Bool { self == .commands || self == .largeCommands }

  /// Durable steps that it has at the least; a sweep with fewer has tried nothing.
  var fewestSteps: Int {
    switch self {
    case .commands: 8
    case .largeCommands: 3
    case .reminders: 10
    case .saga, .doomedSaga: 8
    case .consumers: 12
    }
  }

  /// The first of two deaths: behind a step in the middle.
  var midway: KillOrder { KillOrder(.behind, step: fewestSteps / 2) }
}
