// What each request carries through the gateway besides itself.

import Hummingbird

struct GatewayContext: RequestContext {
  var coreContext: CoreRequestContextStorage
  var trace = RequestTrace()

  init(source: ApplicationRequestContextSource) {
    coreContext = .init(source: source)
  }
}
