// Where a node posts what happens in carts, for `node` and for `up`, which hands it to its nodes.

import ArgumentParser
import Foundation
import ShopCarts
import Troupe
import TroupeSinks

struct WebhookOptions: ParsableArguments {
  static let group = "webhook"

  @Option(
    help: ArgumentHelp(
      "Post every change of a cart there, signed, at least once and in order a cart; 'shopstream topics' shows how it fares. All nodes need the same.",
      valueName: "url"))
  var webhook: String?

  @Option(
    help: ArgumentHelp(
      "Signs what is posted: a file of at least \(Webhook.secretBytes) bytes that only we and the receiver have.", valueName: "file"))
  var webhookSecret: String?

  func validate() throws {
    guard (webhook == nil) == (webhookSecret == nil) else { throw ValidationError("--webhook and --webhook-secret go together.") }
  }

  var arguments: [String] {
    guard let webhook, let webhookSecret else { return [] }
    return ["--webhook", webhook, "--webhook-secret", webhookSecret]
  }

  /// Nil when nobody wants posts.
  func open() throws(Refusal) -> Webhook? {
    guard let webhook, let webhookSecret else { return nil }
    guard let secret = FileManager.default.contents(atPath: webhookSecret) else {
      throw Refusal("The webhook's secret \(webhookSecret) cannot be read.")
    }
    do {
      return try Webhook(webhook, secret: Array(secret))
    } catch {
      throw Refusal("\(error)".sentence)
    }
  }
}

extension Webhook {
  func subscribe(in registry: inout Registry) {
    registry.subscribe(WebhookOptions.group, to: .carts) { delivery, _ in
      try await post(Array(delivery.message.json.text.utf8), key: delivery.key, topic: Topic.carts.name)
    }
  }
}
