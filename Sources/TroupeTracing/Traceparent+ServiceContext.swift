// Between Troupe's places in a trace and a tracer's: by the one header that both can read.
import Tracing
import Troupe

extension ServiceContext {
  /// As the tracer reads it. Code that stands there already keeps its own, with whatever else is in it.
  init(around place: TraceContext, for tracer: any Tracer) {
    if let current = ServiceContext.current, TraceContext(current, of: tracer) == place {
      self = current
    } else {
      self = .topLevel
      tracer.extract(["traceparent": place.traceparent], into: &self, using: Headers())
    }
  }
}

extension TraceContext {
  /// As the tracer would tell it to another process; nil when it says nothing.
  init?(_ context: ServiceContext, of tracer: any Tracer) {
    var headers: [String: String] = [:]
    tracer.inject(context, into: &headers, using: Headers())
    guard let text = headers["traceparent"] else { return nil }
    self.init(traceparent: text)
  }
}

private struct Headers: Extractor, Injector {
  func extract(key: String, from carrier: [String: String]) -> String? { carrier[key.lowercased()] }
  func inject(_ value: String, forKey key: String, into carrier: inout [String: String]) { carrier[key.lowercased()] = value }
}
