// What a user writes to keep a view of his topics in tables of his own: how the tables are made, and what a message does to them.

public import GRDB
public import Troupe

/// A view of a topic in an SQL database. Each message has its effect exactly once: it is written in the transaction that also notes how
/// far the view has come.
///
/// ```swift
/// struct Sales: Projection {
///   let name = "sales"
///   let version = 1
///   func create(in db: Database) throws {
///     try db.execute(sql: """
///       DROP TABLE IF EXISTS sales;
///       CREATE TABLE sales (shard INTEGER, sku TEXT, sold INTEGER NOT NULL, PRIMARY KEY (shard, sku)) WITHOUT ROWID
///       """)
///   }
///   func forget(_ shard: ShardID, in db: Database) throws {
///     try db.execute(sql: "DELETE FROM sales WHERE shard = ?", arguments: [shard.value])
///   }
///   func apply(_ delivery: TopicDelivery<Sale>, to db: Database) throws { … }
/// }
/// ```
/// Everything here runs inside a transaction, on the database's thread: only `db` may be touched. What `apply` throws becomes a dead letter
/// after some tries, unless it says that the database cannot be written at all.
public protocol Projection<Message>: Sendable {
  associatedtype Message: Sendable

  /// The group under which it reads; fixed.
  var name: String { get }
  /// Raised whenever tables, or what messages do to them, change: the view is then made anew from what the logs hold.
  var version: Int { get }
  /// Makes the tables, empty; those of an older version are there, and go.
  func create(in db: Database) throws
  /// Removes what came from entities of a shard, as `delivery.origin.shard` named it: its messages come again from the beginning.
  func forget(_ shard: ShardID, in db: Database) throws
  func apply(_ delivery: TopicDelivery<Message>, to db: Database) throws
}
