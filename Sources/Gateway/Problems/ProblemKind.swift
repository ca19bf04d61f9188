// The kinds of problem that the gateway answers with. The name is part of the API: clients switch over it, so it never changes.
// Each has a page at `/problems/<name>` that says what to do.

import HTTPTypes

public enum ProblemKind: String, CaseIterable, Sendable {
  case malformedRequest = "malformed-request"
  case malformedJSON = "malformed-json"
  case malformedAddress = "malformed-address"
  case invalidID = "invalid-id"
  case invalidKey = "invalid-idempotency-key"
  case foreignOrigin = "foreign-origin"
  case unknownPath = "unknown-path"
  case unknownKind = "unknown-kind"
  case unknownMethod = "unknown-method"
  case methodNotAllowed = "method-not-allowed"
  case requestTimeout = "request-timeout"
  case cartLimit = "cart-limit"
  case bodyTooLarge = "body-too-large"
  case idTooLong = "id-too-long"
  case unsupportedMediaType = "unsupported-media-type"
  case invalidArguments = "invalid-arguments"
  case reusedKey = "reused-key"
  case refusedByEntity = "refused-by-entity"
  case refused = "refused"
  case identityExpired = "identity-expired"
  case identityRefused = "identity-refused"
  case headTooLarge = "head-too-large"
  case internalFault = "internal-fault"
  case entityFault = "entity-fault"
  case callCycle = "call-cycle"
  case overloaded = "overloaded"
  case unavailable = "unavailable"
  case quarantined = "quarantined"
  case deadlineExceeded = "deadline-exceeded"
  case unknownOutcome = "unknown-outcome"

  public var status: HTTPResponse.Status {
    switch self {
    case .malformedRequest, .malformedJSON, .malformedAddress, .invalidID, .invalidKey: .badRequest
    case .identityExpired: .unauthorized
    case .foreignOrigin, .refused, .identityRefused: .forbidden
    case .unknownPath, .unknownKind, .unknownMethod: .notFound
    case .methodNotAllowed: .methodNotAllowed
    case .requestTimeout: .requestTimeout
    case .cartLimit: .conflict
    case .bodyTooLarge: .contentTooLarge
    case .idTooLong: .uriTooLong
    case .unsupportedMediaType: .unsupportedMediaType
    case .invalidArguments, .reusedKey, .refusedByEntity: .unprocessableContent
    case .headTooLarge: .requestHeaderFieldsTooLarge
    case .internalFault, .entityFault: .internalServerError
    case .callCycle: HTTPResponse.Status(code: 508, reasonPhrase: "Loop Detected")
    case .overloaded, .unavailable, .quarantined: .serviceUnavailable
    case .deadlineExceeded, .unknownOutcome: .gatewayTimeout
    }
  }

  public var title: String {
    switch self {
    case .malformedRequest: "The request cannot be understood"
    case .malformedJSON: "The body is not JSON"
    case .malformedAddress: "The address is not readable text"
    case .invalidID: "This cannot be an id"
    case .invalidKey: "This cannot be an idempotency key"
    case .foreignOrigin: "The request comes from a page of another site"
    case .unknownPath: "Nothing is at this address"
    case .unknownKind: "No entity is of this kind"
    case .unknownMethod: "The entity has no such method"
    case .methodNotAllowed: "The address does not take this HTTP method"
    case .requestTimeout: "The request arrived too slowly"
    case .cartLimit: "The cart is full"
    case .bodyTooLarge: "The body is too large"
    case .idTooLong: "The id is too long"
    case .unsupportedMediaType: "The body must be JSON"
    case .invalidArguments: "The arguments do not fit the method"
    case .reusedKey: "The idempotency key was used for something else"
    case .refusedByEntity: "The entity refused"
    case .refused: "The cluster refused the call"
    case .identityExpired: "The identity of the caller has run out"
    case .identityRefused: "The identity of the caller does not count"
    case .headTooLarge: "The head of the request is too large"
    case .internalFault: "The gateway failed"
    case .entityFault: "The entity failed"
    case .callCycle: "The call runs in a circle"
    case .overloaded: "The cluster is busy"
    case .quarantined: "The entity is left alone for a while"
    case .unavailable: "The entity cannot be reached"
    case .deadlineExceeded: "The call took too long"
    case .unknownOutcome: "Nobody knows whether the call took effect"
    }
  }
}
