// Why a call is not made in the name that it asks for. Each has a sentence for people, which says nothing of the token's bytes.
import TroupeNet

public enum IdentityRefusal: Error, Hashable, Sendable, CustomStringConvertible {
  /// Its bytes are no token.
  case malformed(String)
  /// It is meant for another cluster.
  case audience(String)
  case notYetValid
  case expired
  /// No key that is in force has this id.
  case unknownKey(KeyID)
  /// Another key has signed it, or its bytes were changed.
  case badSignature
  /// A name without a signature, where only signed ones count.
  case unsigned
  /// The call names an index that nothing was declared under.
  case unknownIndex(UInt16)
  /// This process checks no identities, or the link has not agreed on them.
  case notChecked

  /// `identityExpired` where a new token helps, and `identityRefused` for everything else.
  public var status: ReplyStatus { self == .expired ? .identityExpired : .identityRefused }

  public var description: String {
    switch self {
    case .malformed(let why): "the caller's identity cannot be read: \(why)"
    case .audience(let other):
      "the caller's identity is meant for the cluster \(String(other.prefix(IdentityLimits.audience)).debugDescription)"
    case .notYetValid: "the caller's identity is not valid yet: the clocks of its issuer and of this node are apart"
    case .expired: "the caller's identity has run out"
    case .unknownKey(let id): "the caller's identity is signed by \(id), which is no key that this node trusts"
    case .badSignature: "the caller's identity has a signature that is not its issuer's"
    case .unsigned: "the caller's identity is not signed, and this node takes only signed ones"
    case .unknownIndex(let index): "the call names the identity \(index), which was not declared on its link"
    case .notChecked: "this process checks no identities"
    }
  }
}
