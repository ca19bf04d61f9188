// `shopstream proxy`: a bad network on this machine, between anything that speaks TCP.

import ArgumentParser
import Troupe
import TroupeTesting

struct ProxyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "proxy",
    abstract: "Stand between two programs and spoil what they say: delay, cut, flip, reset and more.",
    discussion: """
      Forwards every TCP connection byte for byte, but for the faults that are set: by options at first, by lines on standard \
      input while it runs. 'help' lists those lines; 'heal' sets all faults back, 'reset' ends every connection, 'status' \
      counts. What is hit follows from --seed. A node behind it listens at --to and advertises --listen.

      EXAMPLES
        shopstream proxy --listen 127.0.0.1:7000 --to 127.0.0.1:7101
        shopstream proxy --to 127.0.0.1:3000 --delay 75ms --jitter 50ms
        shopstream proxy --to 127.0.0.1:3000 --rate 64KB --drop 1% --seed 7
        shopstream node --id node-4 --port 7101 --advertise 127.0.0.1:7000
      """)

  @Option(help: ArgumentHelp("Where it listens, on loopback; port 0 takes a free one.", valueName: "host:port"))
  var listen = "\(UpPlan.host):0"

  @Option(help: ArgumentHelp("Where it forwards to.", valueName: "host:port"))
  var to: String

  @Option(help: "Decides which bytes and connections are hit.")
  var seed: UInt64 = 1

  @Flag(help: "Print one JSON object a line instead of text.")
  var json = false

  @OptionGroup(title: "Faults") var options: ProxyOptions

  func run() async throws {
    let (stopAsked, askToStop) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingOldest(1))
    let signals = StopSignals { _ in askToStop.yield() }
    defer { signals.cancel() }
    let proxy = try start()
    let console = ProxyConsole(proxy, isJSON: json)
    console.say(.listening(proxy, seed: seed))
    console.listen { askToStop.yield() }
    for await _ in stopAsked { break }
    proxy.stop()
    console.say(.stopped(proxy))
  }

  private func start() throws(Refusal) -> FaultProxy {
    let (address, target) = (try SocketAddress(argument: listen), try SocketAddress(argument: to))
    do {
      return try FaultProxy.start(on: address, to: target, faults: options.faults, seed: seed)
    } catch {
      throw Refusal("\(error)".sentence)
    }
  }
}

extension SocketAddress {
  /// As it is typed; a sentence when it cannot be read.
  init(argument: String) throws(Refusal) {
    guard let address = SocketAddress(argument) else { throw Refusal("'\(argument)' is no address: write host:port.") }
    self = address
  }
}
