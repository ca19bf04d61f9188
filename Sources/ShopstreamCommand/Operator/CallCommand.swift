// `shopstream call`: any method of any entity, by its contract alone.

import ArgumentParser
import Troupe
import TroupeJSON

struct CallCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "call",
    abstract: "Call a method of an entity.",
    discussion: """
      The entity comes to life at its first call; there is nothing to create. Arguments are a JSON object by parameter name; \
      what has a default may be left out. The answer is printed as JSON. When the entity itself refuses, its error is printed \
      on standard error as JSON, and the exit code is 3.

      EXAMPLES
        shopstream call cart/alice add '{"sku":"mug","quantity":2}'
        shopstream call cart/alice contents
        shopstream call cart/alice add '{"sku":"mug"}' --key order-17
      """)

  @OptionGroup var options: OperatorOptions

  @Argument(help: ArgumentHelp("The entity, as kind/id.", valueName: "entity"))
  var entity: EntityAddress

  @Argument(help: "The method's name, without labels.")
  var method: String

  @Argument(help: ArgumentHelp("The arguments, as a JSON object.", valueName: "json"))
  var arguments: String?

  @Option(help: ArgumentHelp("A key of your choice: a command with the same key takes effect once.", valueName: "text"))
  var key: String?

  @Flag(help: "Whoever calls has time: the calls of others go first.")
  var bulk = false

  @Option(help: ArgumentHelp("How long the call may take, in seconds.", valueName: "seconds"))
  var within = 5.0

  /// The longest that anybody waits at a terminal.
  static let longest = 3_600.0

  func validate() throws {
    guard within > 0, within <= Self.longest else {
      throw ValidationError("--within is more than 0 and at most \(Int(Self.longest)) seconds.")
    }
  }

  func run() async throws {
    let outcome = try await OperatorConnection.with(options) { try await call($0.cluster) }
    var terminal = Terminal()
    switch outcome {
    case .value(let json): terminal.say(json.text)
    case .nothing: if options.json { terminal.say("null") }
    case .refused(let json):
      StandardError.say(json.text)
      throw ExitCode(ExitCodes.entityRefused)
    }
  }

  private enum Outcome {
    case value(JSONValue)
    case nothing
    case refused(JSONValue)
  }

  private func call(_ cluster: Cluster) async throws -> Outcome {
    let contracts = Contracts(kinds: try await cluster.contract())
    let kind = try contracts.kind(entity.kind)
    let method = try contracts.method(method, of: kind)
    let transcoder = JSONTranscoder(types: kind.types)
    let bytes: [UInt8]
    do throws(JSONProblem) {
      bytes = try transcoder.arguments(try JSONValue(parsing: Array((arguments ?? "{}").utf8)), for: method)
    } catch {
      throw Refusal("The arguments of \(kind.kind).\(method.signature) do not fit: \(error)".sentence)
    }
    var options = CallOptions(deadline: .seconds(within), idempotencyKey: key)
    options.isBulk = bulk
    if method.isStream {
      let stream = cluster.stream(kind: kind.kind, id: entity.id, method: method.id, arguments: bytes, options: options)
      return try await follow(stream, transcoder, method)
    }
    let reply = try await cluster.call(
      kind: kind.kind, id: entity.id, method: method.id, isQuery: method.isQuery, isRepeatable: method.isQuery || kind.isDurable,
      arguments: bytes,
      options: options)
    switch reply {
    case .value(let bytes):
      return method.result == .nothing ? .nothing : .value(try transcoder.value(from: bytes, as: method.result))
    case .failure(let bytes):
      return .refused(try transcoder.value(from: bytes, as: method.failure))
    }
  }

  /// A line for each item, until the stream ends or Ctrl-C does.
  private func follow(_ stream: RawStream, _ transcoder: JSONTranscoder, _ method: MethodContract) async throws -> Outcome {
    var terminal = Terminal()
    do {
      for try await item in stream { terminal.say(try transcoder.value(from: item, as: method.result).text) }
      return .nothing
    } catch let failure as RawStream.EntityFailure {
      return .refused(try transcoder.value(from: failure.bytes, as: method.failure))
    }
  }
}
