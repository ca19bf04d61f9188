// A listener's routes in one notation, `/carts/{id}`: what the router gets, what tells a wrong method from a wrong address,
// and what metrics are counted under.

import HTTPTypes
import Hummingbird

struct Routes {
  typealias Handler = @Sendable (Request, GatewayContext) async throws -> Response

  private(set) var paths = KnownPaths()
  private var handlers: [(method: HTTPRequest.Method, pattern: String, handler: Handler)] = []

  mutating func get(_ pattern: String, _ handler: @escaping Handler) { add(.get, pattern, handler) }
  mutating func post(_ pattern: String, _ handler: @escaping Handler) { add(.post, pattern, handler) }
  mutating func delete(_ pattern: String, _ handler: @escaping Handler) { add(.delete, pattern, handler) }

  private mutating func add(_ method: HTTPRequest.Method, _ pattern: String, _ handler: @escaping Handler) {
    paths.add(method, pattern)
    if method == .get { paths.add(.head, pattern) }
    handlers.append((method, pattern, handler))
  }

  /// - Parameter surround: adds what stands around each request, known or not, from the outside in.
  func router(_ surround: (Router<GatewayContext>) -> Void) -> Router<GatewayContext> {
    let router = Router(context: GatewayContext.self, options: .autoGenerateHeadEndpoints)
    surround(router)
    for route in handlers {
      router.on(RouterPath(route.pattern), method: route.method) { try await route.handler($0, $1) }
    }
    return router
  }
}
