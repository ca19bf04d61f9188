// What whoever met a problem can do about it: the text of `/problems/<name>`.

extension ProblemKind {
  public var cure: String {
    switch self {
    case .malformedRequest: "Send an HTTP/1.1 request as RFC 9112 describes it. `detail` says what could not be read."
    case .malformedJSON: "Send one JSON value in UTF-8, each name in an object once. `detail` gives the byte at which reading stopped."
    case .malformedAddress: "Write an address in UTF-8 and percent-encode what is not a letter, a digit or one of -._~ in an id."
    case .invalidID: "Use an id of printable characters that is not empty."
    case .invalidKey: "Send an Idempotency-Key of 1 to 255 printable ASCII characters, new for each thing that is to happen."
    case .foreignOrigin: "Call the admin listener from a program, or from a page that it served itself."
    case .unknownPath: "Carts are at /carts/{id}; operators' addresses are on the admin listener. A slash in an id is written %2F."
    case .unknownKind: "Ask GET /entities on the admin listener for the kinds that this cluster serves."
    case .unknownMethod: "Ask GET /entities on the admin listener for the methods of each kind; only commands and queries can be called."
    case .methodNotAllowed: "Use one of the methods that the Allow field of the answer names."
    case .requestTimeout: "Send the head within ten seconds and the body within thirty."
    case .cartLimit: "Remove something from the cart first. `detail` says which limit is reached."
    case .bodyTooLarge: "Send at most 1 MiB in one request."
    case .idTooLong: "Use an id of at most 512 bytes."
    case .unsupportedMediaType: "Send the body with Content-Type: application/json. With curl: -H 'content-type: application/json'."
    case .invalidArguments: "`errors` says for each argument, by JSON pointer, what was expected and what was found."
    case .reusedKey: "Use a new Idempotency-Key for a new request; the same key means the same request with the same arguments."
    case .refusedByEntity: "The call arrived and the entity's own rules refuse it: `failure` is the entity's error as JSON."
    case .refused: "The caller may not do this. `detail` says why."
    case .identityExpired: "Nothing was done. Ask again: each request is signed anew, and a chain of calls may take longer than one lives."
    case .identityRefused: "Nothing was done. `detail` says whether gateway and nodes disagree on keys, or who you said you were."
    case .headTooLarge: "Send less: at most 8 KiB in one header field, 100 fields, 32 KiB in all."
    case .internalFault: "This is a defect of the gateway. Report it with the `trace_id`."
    case .entityFault: "This is a defect of the entity. Report it with the `trace_id`; the node's log has the rest."
    case .callCycle: "An entity awaits a call that, through others, awaits that entity. `detail` prints the circle."
    case .quarantined:
      "Calls to this entity ended the nodes that ran them. Nothing more is done for it until the time in the sentence is over; do not send the same call again."
    case .overloaded: "Nothing was done. Try again after the time in Retry-After."
    case .unavailable: "Nothing was done. Try again after the time in Retry-After; a failed node's entities are back within seconds."
    case .deadlineExceeded: "`executed` says whether the call may have taken effect. A retry with the same Idempotency-Key is safe."
    case .unknownOutcome: "The call may or may not have taken effect. A retry with the same Idempotency-Key finds out and is safe."
    }
  }
}
