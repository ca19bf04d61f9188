// `shopstream weigh`, `pin`, `unpin` and `activate`: an operator's orders, each with a dry run.

import ArgumentParser
import Troupe

struct WeighCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "weigh",
    abstract: "Say how much a node gets, relative to the others.",
    discussion: """
      Every node weighs 1 until somebody says otherwise. One that weighs 2 gets twice as many shards; one that weighs 0 gets none but \
      those that are pinned to it.

      EXAMPLES
        shopstream weigh node-3 2 --dry-run
        shopstream weigh node-3 2
      """)

  @OptionGroup var options: OperatorOptions
  @OptionGroup var order: OrderOptions

  @Argument(help: "The node's id, as 'shopstream status' shows it.")
  var node: String

  @Argument(help: "0 to 10,000.")
  var weight: Int

  func run() async throws {
    try await OperatorConnection.with(options) { connection in
      try await order.give(.weigh(node: node, weight), of: [node], "\(node) weighs \(weight)", connection, options)
    }
  }
}

struct PinCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pin",
    abstract: "Keep a shard at one node, whatever the hash says.",
    discussion: """
      A shard by its number, or the one that an entity is in. When the node is no active member the pin waits for it, and the shard is \
      where the hash wants it.

      EXAMPLES
        shopstream pin 417 node-2
        shopstream pin cart/alice node-2 --dry-run
      """)

  @OptionGroup var options: OperatorOptions
  @OptionGroup var order: OrderOptions

  @Argument(help: "A shard's number, or an entity as kind/id.")
  var shard: ShardAddress

  @Argument(help: "The node's id, as 'shopstream status' shows it.")
  var node: String

  func run() async throws {
    try await OperatorConnection.with(options) { connection in
      let number = try await shard.number(connection)
      try await order.give(.pin(shard: number, node: node), of: [node], "shard \(number) is pinned to \(node)", connection, options)
    }
  }
}

struct UnpinCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "unpin",
    abstract: "Let a shard go where the hash wants it.",
    discussion: """
      It stays where it is unless that node has more than its share.

      EXAMPLES
        shopstream unpin 417
        shopstream unpin cart/alice
      """)

  @OptionGroup var options: OperatorOptions
  @OptionGroup var order: OrderOptions

  @Argument(help: "A shard's number, or an entity as kind/id.")
  var shard: ShardAddress

  func run() async throws {
    try await OperatorConnection.with(options) { connection in
      let number = try await shard.number(connection)
      try await order.give(.unpin(shard: number), of: [], "shard \(number) is pinned to no node", connection, options)
    }
  }
}

struct ActivateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "activate",
    abstract: "Take a drain back, while the node has not left.",
    discussion: """
      EXAMPLE
        shopstream activate node-2
      """)

  @OptionGroup var options: OperatorOptions
  @OptionGroup var order: OrderOptions

  @Argument(help: "The node's id, as 'shopstream status' shows it.")
  var node: String

  func run() async throws {
    try await OperatorConnection.with(options) { connection in
      try await order.give(.activate(node: node), of: [node], "\(node) is active", connection, options)
    }
  }
}
