// What the cluster's errors and the cart's are called outside.

import ShopCarts
import Troupe
import TroupeJSON

extension Problem {
  /// Nil for an error that is neither the cluster's nor an entity's.
  init?(_ error: any Error) {
    switch error {
    case let error as CallError: self.init(error)
    case let failure as Cart.Failure: self.init(failure)
    default: return nil
    }
  }

  init(_ error: CallError) {
    self.init(ProblemKind(error.code), error.message.hasSuffix(".") ? error.message : error.message + ".")
    retryAfter = error.retryAfter ?? (kind.status == .serviceUnavailable ? .seconds(1) : nil)
    extras.append("executed", .string("\(error.executed)"))
    extras.append("may_retry", .bool(error.mayRetry))
  }
}

extension ProblemKind {
  init(_ code: CallError.Code) {
    self =
      switch code {
      case .unknownKind: .unknownKind
      case .unknownMethod: .unknownMethod
      case .badArguments: .invalidArguments
      case .overloaded: .overloaded
      case .deadlineExceeded: .deadlineExceeded
      case .unknownOutcome: .unknownOutcome
      case .unavailable, .breakerOpen, .streamLost: .unavailable
      case .keyReused: .reusedKey
      case .callCycle: .callCycle
      case .entityFault: .entityFault
      case .refused: .refused
      case .identityExpired: .identityExpired
      case .identityRefused: .identityRefused
      case .cancelled: .unavailable
      case .quarantined: .quarantined
      case .idInvalid: .invalidID
      case .tooLarge: .bodyTooLarge
      }
  }
}

extension Problem {
  init(_ failure: Cart.Failure) {
    switch failure {
    case .quantityOutOfRange(let quantity):
      let message = "the quantity must be 1 to \(CartLimits.quantity), it is \(quantity)"
      self.init(.invalidArguments, "/quantity: \(message).", errors: [Entry(pointer: "/quantity", message: message)])
    case .skuInvalid:
      let message = "a SKU has 1 to \(CartLimits.skuLength) printable ASCII characters"
      self.init(.invalidArguments, "/sku: \(message).", errors: [Entry(pointer: "/sku", message: message)])
    case .tooManyLines:
      self.init(.cartLimit, "The cart has \(CartLimits.lines) different articles already, which is the most that it holds.")
    case .tooManyOfOne(let sku, let inCart):
      self.init(.cartLimit, "The cart holds \(inCart) of \(Text.quoted(sku)) already; more than \(CartLimits.quantity) are not possible.")
    }
  }
}
