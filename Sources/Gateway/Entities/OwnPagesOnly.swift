// Keeps web pages of other sites from using the admin listener through the browser of somebody who can reach it. Programs
// send none of the fields that are looked at and pass; it is no substitute for keeping the port private.

import HTTPTypes
import Hummingbird

struct OwnPagesOnly: RouterMiddleware {
  typealias Context = GatewayContext

  func handle(
    _ request: Request, context: Context, next: (Request, Context) async throws -> Response
  ) async throws -> Response {
    let authority = request.head.authority ?? ""
    let origin = request.headers[.origin]
    if let origin, origin != "http://\(authority)" {
      throw Problem(.foreignOrigin, "The page at \(Text.quoted(origin)) may not call the admin listener.")
    }
    // Old browsers leave the origin out of what a form sends; those that say where a request comes from say it of every one.
    if request.method != .get, request.method != .head, let site = request.headers[.fetchSite], site != "same-origin", site != "none" {
      throw Problem(.foreignOrigin, "A page of another site may not change anything here.")
    }
    // A name of some other site that was made to resolve to our address (DNS rebinding) has matching fields.
    if origin != nil || request.headers[.fetchMode] != nil, !Self.isLocalOrNumeric(authority) {
      throw Problem(
        .foreignOrigin, "In a browser the admin listener is reached as localhost or by its number, not as \(Text.quoted(authority)).")
    }
    return try await next(request, context)
  }

  private static func isLocalOrNumeric(_ authority: String) -> Bool {
    if authority.hasPrefix("[") { return true }
    let host = authority.split(separator: ":").first ?? ""
    return host == "localhost" || (!host.isEmpty && host.allSatisfy { $0.isASCII && $0.isNumber || $0 == "." })
  }
}

extension HTTPField.Name {
  static let origin = Self("origin")!
  static let fetchMode = Self("sec-fetch-mode")!
  static let fetchSite = Self("sec-fetch-site")!
}
