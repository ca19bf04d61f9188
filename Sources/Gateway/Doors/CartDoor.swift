// The carts as the REST routes see them: typed, because these routes know their entity.

import ShopCarts
import Troupe

public protocol CartDoor: Sendable {
  func contents(of id: String, _ options: CallOptions) async throws -> Cart.State
  func add(_ sku: SKU, quantity: Int, to id: String, _ options: CallOptions) async throws -> Cart.State
  func remove(_ sku: SKU, from id: String, _ options: CallOptions) async throws -> Cart.State
  func clear(_ id: String, _ options: CallOptions) async throws -> Cart.State
}

/// The carts of a cluster.
public struct ClusterCarts: CartDoor {
  private let cluster: Cluster

  public init(_ cluster: Cluster) { self.cluster = cluster }

  private func cart(_ id: String, _ options: CallOptions) -> Cart.Ref {
    let cart = cluster.entity(Cart.self, id).within(options.deadline)
    let traced = options.trace.map { cart.traced(by: $0) } ?? cart
    return options.idempotencyKey.map { traced.once($0) } ?? traced
  }

  public func contents(of id: String, _ options: CallOptions) async throws -> Cart.State {
    try await cart(id, options).contents()
  }
  public func add(_ sku: SKU, quantity: Int, to id: String, _ options: CallOptions) async throws -> Cart.State {
    try await cart(id, options).add(sku, quantity: quantity)
  }
  public func remove(_ sku: SKU, from id: String, _ options: CallOptions) async throws -> Cart.State {
    try await cart(id, options).remove(sku)
  }
  public func clear(_ id: String, _ options: CallOptions) async throws -> Cart.State {
    try await cart(id, options).clear()
  }
}
