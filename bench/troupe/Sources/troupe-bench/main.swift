// One program for what a node does and what loads it, a word each: bench/run knows which belong together.
import Glibc

let usage = """
  node CERTS STORE LOOPS [keeps-all] [signed] [number=N] [reads|projects|holds]   serves until it is ended; keeps-all refuses
                           nothing for having waited, signed takes only identities of the bench's key; reads and projects run a group on the
                           ledgers' log, holds one that keeps it. STORE is a directory of SQLite's, or postgres:…
  calls CERTS PORTS sync|async INFLIGHT CALLS
  identities CERTS PORTS USERS INFLIGHT CALLS   in the names of so many users; of 0 users: in nobody's
  signatures - - COUNT                    what it takes to check one, on this thread
  crossing CERTS PORTS INFLIGHT CALLS     relays on one loop, counters on another
  local CERTS PORTS CALLS                 through a Ref on the same loop
  fill CERTS PORTS FIRST COUNT            entities that are called once and then idle
  overload CERTS PORTS RATE BURN SECONDS   calls that come whether earlier ones are answered or not
  durable CERTS PORTS INFLIGHT COMMANDS
  paced CERTS PORTS RATE SECONDS           durable commands at fixed instants
  failover CERTS PORTS RATE NUMBER PID     the same while the node with that number, the process PID, is killed
  moves CERTS PORTS RATE SECONDS           durable commands at fixed instants, each of which says which node has run it
  shuffle CERTS PORTS SECONDS              moves shards without pause
  settle CERTS PORTS NODES                 waits until so many nodes have even shares
  ledgers|ask CERTS PORTS FIRST COUNT      one command, or one question, of each of so many durable entities
  history CERTS PORTS NAME EVENTS          a long life of one durable entity
  first CERTS PORTS NAME                   what the first question to one takes
  tail CERTS PORTS RATE SECONDS            how old events are when a group has them
  projected CERTS PORTS EVENTS             how fast a group has read so many
  remind CERTS PORTS FIRST COUNT           reminders that are due in an hour
  ring CERTS PORTS RATE SECONDS            how late reminders are
  simulate - SEED SECONDS                 a cluster in virtual time, in this process
  members - NODES SECONDS                 what so many nodes ask of store and network when nobody calls them
  stream CERTS PORTS RATE SECONDS          small calls at fixed instants, alone and beside calls of 16 MiB
  """

let words = Array(CommandLine.arguments.dropFirst())
func number(_ index: Int) throws -> Int {
  guard index < words.count, let number = Int(words[index]) else { throw Refusal("argument \(index + 1) must be a number") }
  return number
}

do {
  guard words.count >= 4 else {
    throw Refusal("usage: troupe-bench WHAT CERTS …\n\(usage)")
  }
  if words[0] == "node" {
    try await NodeProcess.run(certificates: words[1], store: words[2], loops: try number(3), Set(words.dropFirst(4)))
  } else if words[0] == "simulate" {
    Simulated.run(seed: UInt64(try number(2)), seconds: try number(3))
  } else if words[0] == "members" {
    Simulated.idle(nodes: try number(2), seconds: try number(3))
  } else if words[0] == "signatures" {
    try Identities.check(count: try number(3))
  } else {
    let load = try await Load(certificates: words[1], ports: words[2], asOperator: words[0] == "shuffle")
    switch words[0] {
    case "calls": try await load.calls(isAsync: words[3] == "async", inFlight: try number(4), calls: try number(5))
    case "identities": try await load.identities(users: try number(3), inFlight: try number(4), calls: try number(5))
    case "crossing": try await load.crossing(inFlight: try number(3), calls: try number(4))
    case "local": try await load.local(calls: try number(3))
    case "fill": try await load.fill(from: try number(3), count: try number(4))
    case "overload": try await load.overload(rate: try number(3), burn: try number(4), seconds: try number(5))
    case "stream": try await load.stream(rate: try number(3), seconds: try number(4))
    case "paced": try await load.paced(rate: try number(3), seconds: try number(4))
    case "failover": try await load.failover(rate: try number(3), victim: try number(4), process: Int32(try number(5)))
    case "moves": try await load.moves(rate: try number(3), seconds: try number(4))
    case "shuffle": try await load.shuffle(seconds: try number(3))
    case "settle": try await load.settle(nodes: try number(3))
    case "ledgers": try await load.ledgers(from: try number(3), count: try number(4))
    case "ask": try await load.ask(from: try number(3), count: try number(4))
    case "remind": try await load.remind(from: try number(3), count: try number(4))
    case "ring": try await load.ring(rate: try number(3), seconds: try number(4))
    case "history": try await load.history(of: words[3], events: try number(4))
    case "first": try await load.first(words[3])
    case "tail": try await load.tail(rate: try number(3), seconds: try number(4))
    case "projected": try await load.projected(count: try number(3))
    case "durable": try await load.durable(inFlight: try number(3), calls: try number(4))
    default: throw Refusal("there is no bench called \(words[0])")
    }
    await load.client.close()
  }
} catch {
  print("troupe-bench: \(error)")
  exit(1)
}
