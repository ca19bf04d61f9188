// The one place where errors become answers. Also asks the address to be readable text.

import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTP1
import TroupeJSON

struct ProblemMiddleware: RouterMiddleware {
  typealias Context = GatewayContext

  let paths: KnownPaths
  let limits: GatewayLimits

  func handle(
    _ request: Request, context: Context, next: (Request, Context) async throws -> Response
  ) async throws -> Response {
    do {
      if let refusal = request.headers[RequestGuard.refusal].flatMap(ProblemKind.init) { throw limits.problem(refusal) }
      guard !request.uri.string.unicodeScalars.contains("\u{fffd}") else {
        throw Problem(.malformedAddress, "The address holds bytes that are not UTF-8.")
      }
      return try await next(request, context)
    } catch let error as HTTPParserError {
      throw error  // the connection is beyond an answer; Hummingbird closes it
    } catch is CancellationError {
      throw CancellationError()
    } catch {
      let problem = problem(for: error, request)
      if problem.kind.status.kind == .serverError {
        context.logger.error(
          "\(problem.kind.rawValue): \(problem.detail)", metadata: ["trace": "\(context.trace.id)", "error": "\(error)"])
      }
      return problem.response(instance: request.uri.path, trace: context.trace)
    }
  }

  private func problem(for error: any Error, _ request: Request) -> Problem {
    switch error {
    case let problem as Problem: return problem
    case let problem as JSONProblem: return Problem(problem)
    case is NIOTooManyBytesError: return limits.problem(.bodyTooLarge)
    case let refused as RequestGuard.Refused: return limits.problem(refused.kind)
    case let error as HTTPError where error.status == .notFound: return notFound(request)
    default: return Problem(error) ?? Problem(.internalFault, "The gateway met an error that it does not know.")
    }
  }

  /// The router says "not found" for a wrong method as well.
  private func notFound(_ request: Request) -> Problem {
    let allowed = paths.methods(for: request.uri.path)
    guard !allowed.isEmpty else { return Problem(.unknownPath, "There is nothing at \(Text.quoted(request.uri.path)).") }
    let list = allowed.map(\.rawValue).sorted().joined(separator: ", ")
    var problem = Problem(
      .methodNotAllowed, "\(Text.quoted(request.uri.path)) takes \(list), not \(Text.quoted(request.method.rawValue)).")
    problem.headers[.allow] = list
    return problem
  }
}
