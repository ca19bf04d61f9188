// What a running proxy understands, what it makes of it, and what it says when it does not.

import ArgumentParser
import Testing
import TroupeTesting

@testable import ShopstreamCommand

struct ProxyOrderTests {
  func faults(_ lines: String...) throws -> ProxyFaults {
    try lines.reduce(.none) { faults, line in try #require(try ProxyOrder(line: line)?.changed(faults), "\(line)") }
  }

  @Test func `a fault is about both directions, or about one`() throws {
    #expect(try faults("delay 75ms", "jitter 50ms") == .both { ($0.delay, $0.jitter) = (.milliseconds(75), .milliseconds(50)) })
    #expect(try faults("black-hole on to-client") == ProxyFaults { $0.towardsClient.isBlackHole = true })
    #expect(try faults("  cut   to-target ") == ProxyFaults { $0.towardsTarget.isHeld = true })
    #expect(try faults("cut", "cut off to-target") == ProxyFaults { $0.towardsClient.isHeld = true })
  }

  @Test func `every fault can be set and taken back`() throws {
    let words = [
      ("rate 1MB", "rate off"), ("drip 1B/100ms", "drip off"), ("duplicate 0.1", "duplicate 0"), ("flip 1%", "flip 0"),
      ("flip-after 4KB", "flip-after off"), ("half-close-after 0", "half-close-after off"), ("reset-after 300", "reset-after off"),
      ("delay 1s", "delay 0"), ("jitter 1ms", "jitter 0"), ("cut", "cut off"), ("black-hole", "black-hole off"), ("drop 1%", "drop 0"),
      ("refuse", "refuse off"),
    ]
    for (set, unset) in words {
      #expect(try faults(set) != .none, "\(set)")
      #expect(try faults(set, unset) == .none, "\(unset)")
    }
    #expect(try words.reduce(ProxyFaults.none) { try ProxyOrder(line: $1.0)?.changed($0) ?? $0 } != .none)
    #expect(try faults("delay 1s", "drop 0.5", "heal") == .none)
  }

  @Test func `what is set is said in words that set it again`() throws {
    let set = try faults("delay 75ms", "rate 64KB to-target", "drip 2B/1s to-client", "flip 0.25", "reset-after 300", "cut on to-client")
    let said = ProxyEvent.Faults(set)
    var again = ProxyFaults.none
    for (words, direction) in [(said.towardsTarget, "to-target"), (said.towardsClient, "to-client")] {
      for word in words { again = try #require(try ProxyOrder(line: "\(word) \(direction)")?.changed(again)) }
    }
    #expect(again == set)
    #expect(ProxyEvent.Faults(try faults("delay 75ms", "drop 0.5")).sentence == "delay 75ms, drop 0.5")
    #expect(ProxyEvent.Faults(try faults("cut to-client")).sentence == "to the client cut on")
    #expect(ProxyEvent.Faults(.none).sentence == "no faults")
  }

  @Test func `orders change no fault`() throws {
    for (line, order) in [("reset", ProxyOrder.reset), ("status", .status), ("help", .help), ("quit", .quit)] {
      #expect(try ProxyOrder(line: line) == order)
      #expect(order.changed(.none) == nil)
    }
    #expect(try ProxyOrder(line: "half-close to-client") == .halfClose(.towardsClient))
    #expect(try ProxyOrder(line: "  ") == nil)
  }

  @Test(arguments: [
    ("fly", "'fly' is neither a fault nor an order: 'help' lists them."),
    ("delay", "'delay' needs a time: 'delay 500ms'."),
    ("delay 5x", "'5x' is no time: write 500ms, 2s or 1m, at most a day."),
    ("rate 0", "A rate of nothing is 'cut on'; a rate is at least 1 byte a second."),
    ("flip 2", "'2' is no probability: write 0 to 1, or 1%."),
    ("cut maybe", "'cut' is on or off, not 'maybe'."),
    ("half-close", "'half-close' needs a direction: 'half-close to-target' or 'half-close to-client'."),
    ("drop 0.1 to-client", "'drop' is about whole connections; 'to-client' does not go with it."),
    ("heal now", "'heal' takes no value, 'now' for instance."),
    ("delay 1s 2s", "'delay' takes one value, and 'to-target' or 'to-client' behind it."),
  ])
  func `what it does not understand it says in a sentence`(line: String, sentence: String) {
    #expect(throws: Refusal(sentence)) { try ProxyOrder(line: line) }
  }

  @Test func `every line that help shows is understood`() throws {
    let words = ProxyOrder.helpLines.flatMap { $0.matches(of: #/([a-z-]+)( to-target| [0-9][^ ]*)?( \(off\))?/#) }
    let names = [
      "delay", "jitter", "rate", "drip", "cut", "black-hole", "duplicate", "flip", "flip-after", "half-close-after", "reset-after",
    ]
    for name in names + ["drop", "refuse", "half-close"] { #expect(words.contains { $0.1 == name }, "\(name)") }
    for word in words where (names + ["drop", "refuse", "half-close"]).contains(String(word.1)) && (word.2 != nil || word.3 != nil) {
      #expect(throws: Never.self, "\(word.0)") { try ProxyOrder(line: "\(word.1)\(word.2 ?? "")") }
      if word.3 != nil { #expect(throws: Never.self, "\(word.0)") { try ProxyOrder(line: "\(word.1) off") } }
    }
  }

  @Test func `options are the orders of the same names`() throws {
    let options = try ProxyOptions.parse([
      "--delay", "75ms", "--jitter", "50ms", "--rate", "1MB", "--flip", "0.01", "--drop", "1%", "--direction", "to-client", "--refuse",
    ])
    #expect(
      try options.faults
        == faults("delay 75ms to-client", "jitter 50ms to-client", "rate 1MB to-client", "flip 0.01 to-client", "drop 0.01", "refuse"))
    #expect(try ProxyOptions.parse([]).faults == .none)
    for bad in [["--delay", "5x"], ["--rate", "0"], ["--drop", "2"], ["--direction", "up"]] {
      #expect(throws: (any Error).self, "\(bad)") { try ProxyOptions.parse(bad) }
    }
  }

  @Test func `a node advertises a port for each loop`() throws {
    let node = try #require(
      try ShopstreamCommand.parseAsRoot(["node", "--id", "n1", "--loops", "2", "--advertise", "192.0.2.1:7000"]) as? NodeCommand)
    #expect(try node.advertised().map(\.description) == ["192.0.2.1:7000", "192.0.2.1:7001"])
    for bad in ["192.0.2.1", "192.0.2.1:0", "192.0.2.1:65535"] {
      let node = try #require(
        try ShopstreamCommand.parseAsRoot(["node", "--id", "n1", "--loops", "2", "--advertise", bad]) as? NodeCommand)
      #expect(throws: Refusal.self, "\(bad)") { try node.advertised() }
    }
  }
}
