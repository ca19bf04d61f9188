// The root of the command line: what there is, in the order in which a newcomer meets it.

import ArgumentParser

/// The `shopstream` command. The executable does nothing but run it.
public struct ShopstreamCommand: AsyncParsableCommand {
  public static let configuration = CommandConfiguration(
    commandName: "shopstream",
    abstract: "A commerce platform on a cluster of entities.",
    discussion: """
      Start a cluster on this machine, then call an entity from another terminal:

        shopstream up
        shopstream call cart/alice add '{"sku":"mug","quantity":2}'
        shopstream status --watch

      The commands find the cluster by its directory, .shopstream, in the current folder or one above it; --data names \
      another. Every command explains itself: shopstream help call.

      Exit codes: 0 done; 1 not done, with a sentence on standard error; 3 the entity itself refused the call; 64 the command \
      line is wrong.
      """,
    version: Version.text,
    groupedSubcommands: [
      CommandGroup(
        name: "A cluster on this machine", subcommands: [UpCommand.self, StatusCommand.self, LinksCommand.self]),
      CommandGroup(
        name: "Nodes and shards",
        subcommands: [
          ShardsCommand.self, MoveCommand.self, RebalanceCommand.self, WeighCommand.self, PinCommand.self, UnpinCommand.self,
          PlaceCommand.self,
          DrainCommand.self, ActivateCommand.self,
        ]),
      CommandGroup(
        name: "Entities", subcommands: [CallCommand.self, EntitiesCommand.self, HotCommand.self, LogCommand.self, ExplainCommand.self]),
      CommandGroup(name: "Work across entities", subcommands: [SagasCommand.self, TopicsCommand.self]),
      CommandGroup(name: "The store", subcommands: [BackupCommand.self, RestoreCommand.self, MigrateCommand.self, ArchiveCommand.self]),
      CommandGroup(
        name: "Single processes, as 'up' starts them", subcommands: [NodeCommand.self, GatewayCommand.self]),
      CommandGroup(name: "Faults", subcommands: [ChaosCommand.self, SimulateCommand.self, ProxyCommand.self]),
      CommandGroup(name: "Other", subcommands: [ContractCommand.self, VersionCommand.self]),
    ])

  public init() {}
}
