// Where a node sends what happens in carts beside a webhook: queues, buses and streams of AWS, for `node` and for `up`, which hands it on.

import ArgumentParser
import ShopCarts
import Troupe
import TroupeAWS
import TroupeJSON
import TroupeSinks

/// `sqs:<queue URL>`, `eventbridge:<bus>` or `kinesis:<stream>`.
struct SinkPlace: Hashable, Sendable, ExpressibleByArgument {
  enum Service: String, CaseIterable, Sendable { case sqs, eventbridge, kinesis }

  /// Also the group's name, so there is one of each.
  let service: Service
  let name: String

  init?(argument: String) {
    guard let colon = argument.firstIndex(of: ":"), let service = Service(rawValue: String(argument[..<colon])) else { return nil }
    (self.service, name) = (service, String(argument[argument.index(after: colon)...]))
    guard !name.isEmpty else { return nil }
  }

  var argument: String { "\(service.rawValue):\(name)" }
}

struct SinkOptions: ParsableArguments {
  /// The source of events on a bus.
  static let source = "shopstream"

  @Option(
    help: ArgumentHelp(
      "Send every change of a cart there, at least once: sqs:<queue URL>, eventbridge:<bus> or kinesis:<stream>; one of each. Credentials are found as for DynamoDB. All nodes need the same.",
      valueName: "place"))
  var sink: [SinkPlace] = []

  @Option(help: ArgumentHelp("The region of what --sink names. Default: AWS_REGION.", valueName: "region"))
  var sinkRegion: String?

  @Option(help: ArgumentHelp("Call this in place of AWS: an emulator, or a VPC endpoint.", valueName: "url"))
  var sinkEndpoint: String?

  func validate() throws {
    guard Set(sink.map(\.service)).count == sink.count else { throw ValidationError("--sink may be given once for each service.") }
    guard !sink.isEmpty || (sinkRegion == nil && sinkEndpoint == nil) else {
      throw ValidationError("--sink-region and --sink-endpoint say where a --sink is, and there is none.")
    }
  }

  var arguments: [String] {
    sink.flatMap { ["--sink", $0.argument] } + (sinkRegion.map { ["--sink-region", $0] } ?? [])
      + (sinkEndpoint.map { ["--sink-endpoint", $0] } ?? [])
  }

  /// Connects to nobody yet.
  func open() throws(Refusal) -> [(group: String, sink: AWSSink)] {
    guard !sink.isEmpty else { return [] }
    do throws(AWSError) {
      let configuration = try AWSConfiguration(region: sinkRegion, endpoint: sinkEndpoint)
      var opened: [(group: String, sink: AWSSink)] = []
      for place in sink {
        let sink =
          switch place.service {
          case .sqs: try AWSSink.queue(place.name, configuration)
          case .eventbridge: try AWSSink.bus(place.name, source: Self.source, configuration)
          case .kinesis: try AWSSink.stream(place.name, configuration)
          }
        opened.append((place.service.rawValue, sink))
      }
      return opened
    } catch {
      throw Refusal("A sink cannot be used: \(error)".sentence)
    }
  }
}

extension AWSSink {
  func subscribe(_ group: String, in registry: inout Registry) {
    registry.subscribe(group, toBatchesOf: .carts) { deliveries, _ in
      let messages = deliveries.map { delivery in
        guard case .object(let document) = delivery.message.json else { return SinkMessage(delivery, document: JSONObject()) }
        return SinkMessage(delivery, document: document)
      }
      try await send(messages, of: Topic.carts.name)
    }
  }
}
