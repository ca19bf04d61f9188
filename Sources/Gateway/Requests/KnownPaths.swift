// The routes of a listener as patterns, so that a wrong method is told from a wrong address, and metrics have few labels.

import HTTPTypes

struct KnownPaths: Sendable {
  private var methods: [[Substring]: Set<HTTPRequest.Method>] = [:]

  mutating func add(_ method: HTTPRequest.Method, _ pattern: String) {
    methods[pattern.split(separator: "/"), default: []].insert(method)
  }

  /// The methods with which the path could be asked for. Empty: there is no such address.
  func methods(for path: String) -> Set<HTTPRequest.Method> {
    let components = path.split(separator: "/")
    return methods.filter { Self.matches($0.key, components) }.reduce(into: []) { $0.formUnion($1.value) }
  }

  private static func matches(_ pattern: [Substring], _ components: [Substring]) -> Bool {
    pattern.count == components.count && zip(pattern, components).allSatisfy { $0.hasPrefix("{") || $0 == $1 }
  }
}
