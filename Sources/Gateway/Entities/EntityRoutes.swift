// The JSON door: any method of any entity kind, by its contract alone. Stands on the admin listener, and only when the
// configuration opens it: whoever reaches it may call everything.

import HTTPTypes
import Hummingbird
import Troupe
import TroupeJSON

struct EntityRoutes {
  let door: any ClusterDoor
  let contracts: ContractCache
  let callers: CallerNames
  let limits: GatewayLimits

  init(door: any ClusterDoor, callers: CallerNames, limits: GatewayLimits) {
    self.door = door
    self.contracts = ContractCache(door)
    self.callers = callers
    self.limits = limits
  }

  func add(to routes: inout Routes) {
    routes.get("/entities") { _, _ in
      .json(["kinds": .array(try await contracts.contracts().map(\.json))])
    }
    routes.get("/entities/{kind}") { request, context in
      try await list(try context.component("kind"), request)
    }
    routes.post("/entities/{kind}/{id}/{method}") { request, context in
      try await call(request, context)
    }
    routes.delete("/entities/{kind}/{id}") { request, context in
      let contract = try await contracts.contract(of: try context.component("kind"))
      let options = try callers.options(for: request).traced(by: context.trace)
      try await door.delete(kind: contract.kind, id: try context.entityID(limits), options: options)
      return Response(status: .noContent)
    }
  }

  private func call(_ request: Request, _ context: GatewayContext) async throws -> Response {
    let (contract, method) = try await contracts.method(try context.component("method"), of: try context.component("kind"))
    guard !method.isStream else {
      throw Problem(.unknownMethod, "\"\(contract.kind).\(method.name)\" answers with a stream, which this door does not carry.")
    }
    let id = try context.entityID(limits)
    let json = try await request.json(limits)
    let transcoder = JSONTranscoder(types: contract.types)
    let arguments = try transcoder.arguments(json ?? .object([:]), for: method)
    let options = try callers.options(for: request).traced(by: context.trace)
    switch try await door.call(method, of: contract, id: id, arguments: arguments, options: options) {
    case .value(let bytes):
      if case .nothing = method.result { return Response(status: .noContent) }
      return .json(try transcoder.value(from: bytes, as: method.result))
    case .failure(let bytes):
      throw Self.refusal(try transcoder.value(from: bytes, as: method.failure), by: contract.kind, method.name)
    }
  }

  /// The entity's own error, as it is: only the one who wrote the entity knows what it means.
  private static func refusal(_ failure: JSONValue, by kind: String, _ method: String) -> Problem {
    var problem = Problem(.refusedByEntity, "The \(kind) refused \"\(method)\": \(sentence(failure)).")
    problem.extras.append("failure", failure)
    return problem
  }

  /// The error's name and its values: `"tooManyOfOne" ("mug", inCart: 998)`.
  private static func sentence(_ failure: JSONValue) -> String {
    switch failure {
    case .string(let name): return Text.quoted(name)
    case .object(let object):
      guard object.count == 1, let error = object.members.first, case .object(let values) = error.value else { return listed(object) }
      return values.isEmpty ? Text.quoted(error.name) : "\(Text.quoted(error.name)) \(listed(values))"
    default: return "an error"
    }
  }

  /// Values under their labels; those without one are called `_0`, `_1` ….
  private static func listed(_ values: JSONObject) -> String {
    let parts = values.members.map { member in
      let value = if case .string(let text) = member.value { Text.quoted(text) } else { Text.shortened(member.value.text) }
      return member.name.hasPrefix("_") ? value : "\(member.name): \(value)"
    }
    return "(\(parts.joined(separator: ", ")))"
  }

  private func list(_ kind: String, _ request: Request) async throws -> Response {
    let contract = try await contracts.contract(of: kind)
    let after = try request.query("after")
    var limit = limits.listedByDefault
    if let text = try request.query("limit") {
      guard let number = Int(text), (1...limits.listed).contains(number) else {
        throw Problem(.invalidArguments, "The limit must be a whole number from 1 to \(limits.listed), it is \(Text.quoted(text)).")
      }
      limit = number
    }
    let ids = try await door.entities(kind: contract.kind, after: after, limit: limit)
    let next: JSONValue = ids.count == limit ? ids.last.map { .string($0) } ?? .null : .null
    return .json(["kind": .string(contract.kind), "ids": .array(ids.map { .string($0) }), "next": next])
  }
}
