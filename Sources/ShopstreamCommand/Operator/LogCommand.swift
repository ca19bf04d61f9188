// `shopstream log`: what happened to one entity, as its log has it.

import ArgumentParser
import Foundation
import Troupe
import TroupeJSON

struct LogCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "log",
    abstract: "Show what happened to an entity, from its log.",
    discussion: """
      Each line is one command that changed the entity: when, which, and the events it recorded. Old records are removed once \
      a snapshot covers them, so a long-lived entity shows its newest part.

      EXAMPLES
        shopstream log cart/alice
        shopstream log cart/alice --limit 5 --json
      """)

  static let limitMaximum = 10_000

  @OptionGroup var options: OperatorOptions

  @Argument(help: ArgumentHelp("The entity, as kind/id.", valueName: "entity"))
  var entity: EntityAddress

  @Option(help: ArgumentHelp("How many of the newest records.", valueName: "count"))
  var limit = 50

  func validate() throws {
    guard (1...Self.limitMaximum).contains(limit) else { throw ValidationError("--limit is 1 to \(Self.limitMaximum), not \(limit).") }
  }

  func run() async throws {
    try await OperatorConnection.with(options) { connection in
      let kind = try Contracts(kinds: try await connection.cluster.contract()).kind(entity.kind)
      guard kind.isDurable else { throw Refusal("The kind '\(kind.kind)' keeps no log: its entities live in memory alone.") }
      let entries = try await connection.cluster.log(kind: kind.kind, id: entity.id, limit: limit)
      var terminal = Terminal()
      let lines = try entries.map { try LogLine($0, kind) }
      if options.json {
        terminal.say(JSONValue.array(lines.map(\.json)).text)
      } else if lines.isEmpty {
        terminal.say("Nothing is recorded of \(entity.description).")
      } else {
        StatusTable.aligned([["OFFSET", "TIME", "METHOD", "EVENTS"]] + lines.map(\.cells), right: [0]).forEach { terminal.say($0) }
      }
    }
  }
}

/// One record, decoded by the kind's contract.
struct LogLine {
  let offset: UInt64
  let time: String
  let method: String
  let events: [JSONValue]

  init(_ entry: LogEntry, _ kind: EntityContract) throws {
    offset = entry.offset
    time = Self.text(entry.wallTimeMilliseconds)
    method =
      entry.isDelete ? "(deleted)" : kind.methods.first { $0.id == entry.method }?.name ?? String(entry.method, radix: 16)
    let transcoder = JSONTranscoder(types: kind.types)
    events = try kind.event.map { type in try entry.events.map { try transcoder.value(from: $0, as: type) } } ?? []
  }

  /// In UTC, to the millisecond: the log is the same wherever it is read.
  static func text(_ milliseconds: Int64) -> String {
    Date(timeIntervalSince1970: Double(milliseconds) / 1_000).formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
  }

  var cells: [String] {
    ["\(offset)", time, method, events.map(\.text).joined(separator: " ")]
  }

  var json: JSONValue {
    ["offset": .number(JSONNumber(offset)), "time": .string(time), "method": .string(method), "events": .array(events)]
  }
}
