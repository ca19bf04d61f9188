// In whose name a request's calls into the cluster are made. Sign-in is to come; until then a gateway for development believes a header.

import Foundation
import HTTPTypes
import Hummingbird
import Troupe

extension HTTPField.Name {
  /// A user's name, and roles behind it, between spaces: `alice customer`. Counts on a gateway for development alone.
  static let developmentUser = Self("X-Shopstream-As")!  // a token as RFC 9110 has it
}

/// Makes sure of who asks, and signs it for the nodes.
struct CallerNames: Sendable {
  let issuer: IdentityIssuer?
  let isDevelopment: Bool
  let limits: GatewayLimits

  /// What the calls of a request say of themselves.
  func options(for request: Request) throws(Problem) -> CallOptions {
    var options = CallOptions(deadline: limits.callTime, idempotencyKey: try request.idempotencyKey())
    options.isBulk = request.headers.isBackground
    options.signedIdentity = try identity(of: request)
    return options
  }

  /// Nil for a request that says nothing of who asks.
  private func identity(of request: Request) throws(Problem) -> SignedIdentity? {
    guard let user = request.headers[.developmentUser] else { return nil }
    // Not to be passed over in silence: the caller would believe that he is somebody.
    guard isDevelopment else {
      throw Problem(.identityRefused, "This gateway takes nobody's word for who he is: X-Shopstream-As counts in development only.")
    }
    let words = user.split(separator: " ").map(String.init)
    guard let name = words.first else { throw Problem(.identityRefused, "X-Shopstream-As is empty; it is a name, and roles behind it.") }
    return try sign(name, roles: Array(words.dropFirst()))
  }

  /// The user is who he says, and what his roles say.
  private func sign(_ name: String, roles: [String]) throws(Problem) -> SignedIdentity {
    guard let issuer else { throw Problem(.identityRefused, "This gateway has no key to sign identities with.") }
    do {
      return try issuer.identity(of: name, roles: roles, now: WallTime(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000)))
    } catch {
      throw Problem(.identityRefused, "No identity can be made of this: \(error).")
    }
  }
}
