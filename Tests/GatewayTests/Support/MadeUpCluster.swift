// A cluster in memory: carts that follow the cart's rules, and a door that answers what a test tells it to.

import Synchronization
import Troupe
import TroupeJSON

@testable import Gateway
@testable import ShopCarts

final class MadeUpCluster: ClusterDoor, CartDoor {
  struct Call: Equatable {
    var method: String
    var id: String
    var arguments: [UInt8]
    var key: String?
    /// In whose name, if a gateway has signed it: name and roles.
    var caller: [String]?
    var trace: TraceContext?
    var isBulk = false
  }

  struct State {
    var carts: [String: Cart.State] = [:]
    var calls: [Call] = []
    var deleted: [String] = []
    var reply: RawReply = .value([])
    var error: CallError?
    var picture = ClusterPicture.threeNodes
    var transport = TransportStatus.calm
    var transportReads = 0
    var ring = RingStatus.calm
    var ringReads = 0
    var contracts = [EntityContract.cart]
    var contractReads = 0
  }

  let state = Mutex(State())

  func set<T>(_ path: any WritableKeyPath<State, T> & Sendable, _ value: sending T) { state.withLock { $0[keyPath: path] = value } }

  private func fail() throws {
    if let error = state.withLock({ $0.error }) { throw error }
  }

  // MARK: Any entity

  func call(
    _ method: MethodContract, of contract: EntityContract, id: String, arguments: [UInt8], options: CallOptions
  ) async throws -> RawReply {
    try fail()
    return state.withLock {
      $0.calls.append(
        Call(
          method: "\(contract.kind).\(method.name)", id: id, arguments: arguments, key: options.idempotencyKey, caller: options.callerWords,
          trace: options.trace, isBulk: options.isBulk))
      return $0.reply
    }
  }

  func contract() async throws -> [EntityContract] {
    try fail()
    return state.withLock {
      $0.contractReads += 1
      return $0.contracts
    }
  }

  func picture() async throws -> ClusterPicture {
    try fail()
    return state.withLock { $0.picture }
  }

  func transport() async throws -> TransportStatus {
    try fail()
    return state.withLock {
      $0.transportReads += 1
      return $0.transport
    }
  }

  func ring() async throws -> RingStatus {
    try fail()
    return state.withLock {
      $0.ringReads += 1
      return $0.ring
    }
  }

  func entities(kind: String, after: String?, limit: Int) async throws -> [String] {
    let names = state.withLock { $0.carts.keys.sorted() }
    return Array(names.filter { $0 > after ?? "" }.prefix(limit))
  }

  func delete(kind: String, id: String, options: CallOptions) async throws {
    state.withLock { $0.deleted.append("\(kind)/\(id)") }
  }

  // MARK: Carts

  func contents(of id: String, _ options: CallOptions) async throws -> Cart.State {
    try fail()
    return state.withLock { $0.carts[id] ?? Cart.State() }
  }

  func add(_ sku: SKU, quantity: Int, to id: String, _ options: CallOptions) async throws -> Cart.State {
    try fail()
    return try change("add", id, options) { try $0.adding(sku, quantity: quantity) }
  }

  func remove(_ sku: SKU, from id: String, _ options: CallOptions) async throws -> Cart.State {
    try change("remove", id, options) { _ in .removed(sku) }
  }

  func clear(_ id: String, _ options: CallOptions) async throws -> Cart.State {
    try change("clear", id, options) { _ in .cleared }
  }

  private func change(
    _ method: String, _ id: String, _ options: CallOptions, _ event: (Cart.State) throws -> Cart.Event
  ) throws -> Cart.State {
    try state.withLock {
      $0.calls.append(
        Call(
          method: "cart.\(method)", id: id, arguments: [], key: options.idempotencyKey, caller: options.callerWords, trace: options.trace,
          isBulk: options.isBulk))
      var cart = $0.carts[id] ?? Cart.State()
      cart.apply(try event(cart))
      $0.carts[id] = cart
      return cart
    }
  }
}

extension CallOptions {
  fileprivate var callerWords: [String]? { signedIdentity.map { [$0.subject] + $0.roles } }
}

extension EntityContract {
  /// What `@Entity` would write for the cart's `add`, `clear` and `contents`.
  static let cart = EntityContract(
    kind: "cart", isDurable: true,
    methods: [
      MethodContract(
        id: 1, name: "add", signature: "add(_:quantity:)", isQuery: false, isAsync: false,
        parameters: [
          FieldContract(name: "sku", type: .string), FieldContract(name: "quantity", type: .int(64), missing: Int64(1).wireBytes),
        ], result: .named("State"), failure: .named("Failure")),
      MethodContract(
        id: 2, name: "clear", signature: "clear()", isQuery: false, isAsync: false, parameters: [], result: .nothing, failure: .never),
      MethodContract(
        id: 3, name: "contents", signature: "contents()", isQuery: true, isAsync: false, parameters: [], result: .named("State"),
        failure: .never),
    ], state: .named("State"), event: nil,
    types: [
      "State": .structure([FieldContract(name: "lines", type: .dictionary(.string, .int(64)), missing: [0])]),
      "Failure": .enumeration([CaseContract(name: "quantityOutOfRange", fields: [FieldContract(name: "0", type: .int(64))])]),
    ])
}

extension ClusterPicture {
  /// Three nodes that own 1,024 shards in turn, as far as hashing makes turns.
  static var threeNodes: ClusterPicture {
    var picture = ClusterPicture()
    picture.cluster = "dev"
    picture.epoch = 7
    picture.shardCount = 1_024
    picture.owners = (0..<1_024).map { Int((UInt32($0) &* 2_654_435_761) >> 16) % 3 }
    picture.nodes = (1...3).map { number in
      var node = Node(id: "n\(number)")
      node.address = "127.0.0.1:\(4000 + number)"
      node.zone = "zone-\(number)"
      node.state = "active"
      node.version = "0.1"
      node.shards = picture.owners.count { $0 == number - 1 }
      node.entities = 1_200 * number
      node.uptime = 3_725
      return node
    }
    return picture
  }
}
