import Troupe

@Entity("counter")
actor Counter {
  var total = 0
  @Command func add(_ amount: Int) -> Int { total += amount; return total }
}

let node = try await Node.start(.init(cluster: "demo", id: "n1"), store: MemoryStore()) { $0.register(Counter.self) }
print("visits:", try await node.cluster.entity(Counter.self, "visits").add(1))
await node.stop()
