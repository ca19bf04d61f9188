// The networks of a cluster that `cluster/local/netcluster` has made, and how they are cut. Needs root, as that does.

import ChildPrograms
import Foundation

struct ChaosNetwork: Decodable, Hashable, Sendable {
  struct Host: Decodable, Hashable, Sendable {
    var namespace: String
    /// Its link's end at the bridge.
    var link: String
    var address: String
  }

  static let storeName = "store"

  /// The process of netcluster that made them.
  let supervisor: Int32

  /// By node, and one for the store.
  let hosts: [String: Host]
  /// The address where clients on this machine stand, the load among them.
  let clients: String

  /// Of a cluster's directory; nil for one whose nodes share this machine's network, and where a netcluster that is gone has left its own behind.
  static func read(from directory: DataDirectory, of supervisor: Int32) throws(Refusal) -> ChaosNetwork? {
    guard let text = FileManager.default.contents(atPath: directory.path + "/network.json") else { return nil }
    guard let network = try? JSONDecoder().decode(ChaosNetwork.self, from: text) else {
      throw Refusal("\(directory.path)/network.json cannot be read: start the cluster again with cluster/local/netcluster.")
    }
    return network.supervisor == supervisor ? network : nil
  }

  func host(_ name: String) throws(Refusal) -> Host {
    guard let host = hosts[name] else { throw Refusal("\(name) has no network of its own.") }
    return host
  }

  /// Both ways, towards everybody.
  func setLink(of name: String, isUp: Bool) throws(Refusal) {
    try Self.ip("link", "set", try host(name).link, isUp ? "up" : "down")
  }

  /// What `name` sends to these addresses vanishes; what comes from there arrives.
  func setMute(_ name: String, towards addresses: [String]) throws(Refusal) {
    let namespace = try host(name).namespace
    for address in addresses { try Self.ip("-n", namespace, "route", "add", "blackhole", "\(address)/32") }
  }

  /// Everything as it was; says nothing of what was well already.
  func heal() {
    let addresses = hosts.values.map(\.address) + [clients]
    for host in hosts.values {
      try? Self.ip("link", "set", host.link, "up")
      for address in addresses where address != host.address {
        try? Self.ip("-n", host.namespace, "route", "del", "blackhole", "\(address)/32")
      }
    }
  }

  private static func ip(_ words: String...) throws(Refusal) {
    let outcome: ChildProgram.Outcome
    do { outcome = try ChildProgram.run("/usr/bin/env", ["ip"] + words, limit: .seconds(10)) } catch {
      throw Refusal("'ip' cannot be run (\(SystemError.describe(error.code))).")
    }
    guard outcome.isSuccess else {
      throw Refusal("'ip \(words.joined(separator: " "))' failed: \(outcome.errorText.trimmingCharacters(in: .whitespacesAndNewlines)).")
    }
  }
}
