// What an operator can do about consumers and sagas, as plain forms: a page for each group's dead letters, and orders that answer with the
// way back. `OwnPagesOnly` keeps pages of other sites from sending them.

import HTTPTypes
import Hummingbird
import Troupe

struct WorkRoutes {
  let door: any WorkDoor
  let work: WorkWatch
  let pulse: ClusterPulse
  let contracts: ContractCache
  let callers: CallerNames
  let limits: GatewayLimits
  private let assets = AdminAssets()

  init(
    door: any WorkDoor, work: WorkWatch, pulse: ClusterPulse, contracts: ContractCache, callers: CallerNames, limits: GatewayLimits
  ) {
    (self.door, self.work, self.pulse) = (door, work, pulse)
    (self.contracts, self.callers, self.limits) = (contracts, callers, limits)
  }

  func add(to routes: inout Routes) {
    routes.get("/consumers/{group}") { request, context in
      let (group, status) = try await group(context)
      let options = try options(request, context)
      let letters = try await door.letters(of: group.group, limit: LettersPage.limit, options)
      let count = letters.count < LettersPage.limit ? letters.count : try await door.letterCount(of: group.group)
      let kinds = (try? await contracts.contracts()) ?? []
      return .page(
        LettersPage(
          group: group, count: count, letters: letters.map { LetterPicture($0, kinds) }, silent: status.silent,
          cluster: await pulse.picture.cluster, assets: assets
        ).html, AdminRoutes.headers)
    }
    routes.post("/consumers/{group}/redrive") { request, context in
      let group = try await group(context).report.group
      let options = try options(request, context)
      // Those that there are now: one that fails again meanwhile is not sent twice.
      for letter in try await door.letters(of: group, limit: DeadLetters.limit, options) {
        _ = try await door.redrive(letter.id, of: group, options)
      }
      return await back(to: "/consumers/\(AdminParts.escaped(group))")
    }
    routes.post("/consumers/{group}/letters/{letter}/redrive") { request, context in
      let group = try await group(context).report.group
      // One that is gone was sent or dropped by somebody else; the list then shows it.
      _ = try await door.redrive(try context.component("letter"), of: group, try options(request, context))
      return await back(to: "/consumers/\(AdminParts.escaped(group))")
    }
    routes.post("/consumers/{group}/letters/{letter}/drop") { request, context in
      let group = try await group(context).report.group
      _ = try await door.drop(try context.component("letter"), of: group, try options(request, context))
      return await back(to: "/consumers/\(AdminParts.escaped(group))")
    }
    routes.post("/sagas/{saga}/resume") { request, context in
      let id = try context.entityID(limits, "saga")
      // Not every id is worth an entity: only sagas that are told of can be resumed here.
      guard await work.look().sagas.sagas.contains(where: { $0.id == id }) else {
        throw Problem(.unknownPath, "No saga \(Text.quoted(id)) is under way, as far as the nodes tell.")
      }
      if let why = try await door.resume(saga: id, try options(request, context)) {
        throw Problem(.refusedByEntity, "The saga \(Text.quoted(id)) does not go on: \(why).")
      }
      return await back(to: "/#sagas")
    }
  }

  private func group(_ context: GatewayContext) async throws -> (report: ConsumerReport, status: ConsumerStatus) {
    let name = try context.component("group")
    let status = try await door.consumers()
    guard let report = status.groups.first(where: { $0.group == name }) else {
      let gap = status.silent.isEmpty ? "" : "; \(status.silent.map(\.name).joined(separator: ", ")) did not answer"
      throw Problem(.unknownPath, "No node has a group \(Text.quoted(name))\(gap).")
    }
    return (report, status)
  }

  private func options(_ request: Request, _ context: GatewayContext) throws -> CallOptions {
    try callers.options(for: request).traced(by: context.trace)
  }

  /// See Other: a reload then repeats nothing.
  private func back(to path: String) async -> Response {
    await work.forget()
    return Response(status: .seeOther, headers: [.location: path, .cacheControl: "no-store"])
  }
}
