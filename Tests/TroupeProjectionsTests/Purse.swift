// An entity whose deposits a projection adds up, and the projection.

import Foundation
import GRDB
import Troupe

@testable import TroupeProjections

@Entity("purse")
actor Purse: EventSourced {
  @Wire struct State: Sendable {
    var sum = 0
    mutating func apply(_ event: Event) {
      switch event {
      case .added(let amount): sum += amount
      }
    }
  }
  @Wire enum Event: Sendable { case added(Int) }

  @Command func add(_ amount: Int) -> Int {
    emit(.added(amount))
    return state.sum
  }
  @Query func sum() -> Int { state.sum }
}

struct Added: Sendable {
  var purse: String
  var amount: Int
}

extension Topic<Added> {
  static let added = Topic("added").from(Purse.self) { event, origin in
    switch event {
    case .added(let amount): Added(purse: origin.entity, amount: amount)
    }
  }
}

/// What is in each purse, and how often something was put there.
struct Sums: Projection {
  let name = "sums"
  var version = 1

  struct Refused: Error {}

  func create(in db: Database) throws {
    try db.execute(
      sql: """
        DROP TABLE IF EXISTS sums;
        DROP TABLE IF EXISTS refused;
        CREATE TABLE sums (purse TEXT PRIMARY KEY, shard INTEGER, sum INTEGER NOT NULL, times INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE refused (amount INTEGER PRIMARY KEY)
        """)
  }

  func forget(_ shard: ShardID, in db: Database) throws {
    try db.execute(sql: "DELETE FROM sums WHERE shard = ?", arguments: [shard.value])
  }

  func apply(_ delivery: TopicDelivery<Added>, to db: Database) throws {
    let (purse, amount) = (delivery.message.purse, delivery.message.amount)
    if try Int.fetchOne(db.cachedStatement(sql: "SELECT 1 FROM refused WHERE amount = ?"), arguments: [amount]) != nil { throw Refused() }
    try db.cachedStatement(
      sql: "INSERT INTO sums VALUES (?, ?, ?, 1) ON CONFLICT DO UPDATE SET sum = sum + excluded.sum, times = times + 1"
    ).execute(arguments: [purse, delivery.origin.shard.value, amount])
  }
}

/// A file in a folder of its own, and what is in it.
struct View: Sendable {
  let folder: URL
  let file: ProjectionFile

  init(worksInPlace: Bool = true) throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "projection-\(UInt64.random(in: 0...UInt64.max))")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    file = try ProjectionFile(folder.appending(path: "views.sqlite").path, worksInPlace: worksInPlace)
  }

  /// Another connection to the same file, as another node has one.
  func again() throws -> ProjectionFile { try ProjectionFile(folder.appending(path: "views.sqlite").path, worksInPlace: false) }

  func remove() { try? FileManager.default.removeItem(at: folder) }

  /// "a 3/2": the sum, and of how many deposits.
  func sums() throws -> [String] {
    try file.database.inDatabase { db in
      try Row.fetchAll(db, sql: "SELECT purse, sum, times FROM sums ORDER BY purse").map {
        "\($0[0] as String) \($0[1] as Int)/\($0[2] as Int)"
      }
    }
  }

  func execute(_ sql: String) throws { try file.database.inDatabase { try $0.execute(sql: sql) } }
}
