// What is said on the command line about links and calls, as the runtime's policies.

import ArgumentParser
import Testing
import Troupe

@testable import ShopstreamCommand

@Suite("Link options")
struct LinkOptionsTests {
  private func parse(_ text: String) throws -> LinkOptions { try LinkOptions.parse(text.split(separator: " ").map(String.init)) }

  @Test("unsaid, all is the runtime's default")
  func defaults() throws {
    let options = try parse("")
    #expect(options.links == LinkPolicy())
    #expect(options.calls == CallPolicy())
  }

  @Test("each mechanism can be turned off")
  func off() throws {
    let options = try parse(
      "--breakers off --retries off --in-flight 8 --keep-alive off --frame-time off --link-age off --certificate-grace off --compress off "
        + "--without chunks --without goaway")
    #expect(options.calls.breakers == nil && !options.calls.resendsLostCalls && options.calls.retryBudget != nil)
    let links = options.links
    #expect(links.callsInFlight == 8 && !links.keepsAlive && links.frameTime == nil && links.certificateGrace == nil)
    #expect(links.maximumAge == LinkPolicy.longest && links.compression == .off)
    #expect(links.features == LinkFeatures.known.subtracting([.chunks, .goAway]))
    #expect(links.refusal == nil)
  }

  @Test("times and other choices are read")
  func values() throws {
    let options = try parse("--retries unlimited --frame-time 500ms --link-age 5m --certificate-grace 0 --compress on")
    #expect(options.calls.retryBudget == nil && options.calls.resendsLostCalls)
    #expect(options.links.frameTime == .milliseconds(500) && options.links.maximumAge == .seconds(300))
    #expect(options.links.certificateGrace == .zero && options.links.compression == .always)
  }

  @Test("what means nothing is refused", arguments: ["--frame-time soon", "--without speed", "--retries maybe", "--in-flight many"])
  func refused(_ text: String) {
    #expect(throws: (any Error).self) { try parse(text) }
  }

  @Test("what cannot be is refused by the policy", arguments: [0, -1, 65_537])
  func bounds(_ calls: Int) throws {
    var policy = LinkPolicy()
    policy.callsInFlight = calls
    #expect(policy.refusal == "a link has 1 to 65536 calls in flight, not \(calls)")
  }
}
