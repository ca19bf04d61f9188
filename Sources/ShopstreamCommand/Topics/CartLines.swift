// What is in every cart, as a table that anybody can query: an example of a projection, and what `--project` writes.

import ArgumentParser
import GRDB
import ShopCarts
import Troupe
import TroupeProjections

struct CartLines: Projection {
  let name = "cart-lines"
  let version = 1

  func create(in db: Database) throws {
    try db.execute(
      sql: """
        DROP TABLE IF EXISTS cart_lines;
        CREATE TABLE cart_lines (
          cart TEXT, sku TEXT, quantity INTEGER NOT NULL, shard INTEGER NOT NULL, PRIMARY KEY (cart, sku)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX cart_lines_by_shard ON cart_lines (shard);
        CREATE INDEX cart_lines_by_sku ON cart_lines (sku)
        """)
  }

  func forget(_ shard: ShardID, in db: Database) throws {
    try db.execute(sql: "DELETE FROM cart_lines WHERE shard = ?", arguments: [shard.value])
  }

  func apply(_ delivery: TopicDelivery<CartChanged>, to db: Database) throws {
    let cart = delivery.message.cart
    switch delivery.message.change {
    case .added(let sku, let quantity):
      try db.cachedStatement(
        sql: "INSERT INTO cart_lines VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET quantity = quantity + excluded.quantity"
      ).execute(arguments: [cart, sku, quantity, delivery.origin.shard.value])
    case .removed(let sku):
      try db.cachedStatement(sql: "DELETE FROM cart_lines WHERE cart = ? AND sku = ?").execute(arguments: [cart, sku])
    case .cleared: try db.cachedStatement(sql: "DELETE FROM cart_lines WHERE cart = ?").execute(arguments: [cart])
    }
  }
}

/// Where a node keeps that table, for `node` and for `up`, which hands it on.
struct ProjectOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Keep what is in every cart in the table cart_lines of this SQLite file, which is made when it is not there. All nodes need the same.",
      valueName: "file"))
  var project: String?

  var arguments: [String] { project.map { ["--project", $0] } ?? [] }

  func open() async throws(Refusal) -> Projector<CartLines>? {
    guard let project else { return nil }
    do {
      return try await Projector(CartLines(), in: try ProjectionFile(project))
    } catch {
      throw Refusal("The projections' file \(project) cannot be used (\(error)).")
    }
  }
}
