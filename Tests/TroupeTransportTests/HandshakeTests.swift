// The handshake's two sides, without anything between them.
import Testing
import TroupeNet

@testable import TroupeTransport

@Suite("Handshake")
struct HandshakeTests {
  private let node = hello("n1")
  private let gateway = hello("g1", .gateway)
  private var gatewayCertificate: PeerIdentity { PeerIdentity("spiffe://test/gateway/g1")! }
  private var nodeCertificate: PeerIdentity { PeerIdentity("spiffe://test/node/n1")! }

  private func refusal(_ action: Handshake.Action) -> Goodbye? {
    if case .refuse(let goodbye) = action { goodbye } else { nil }
  }

  @Test("the caller greets, the answerer greets back, both are open")
  func peace() {
    var caller = Handshake(
      local: gateway, calls: true, expecting: .init(role: .node, name: "n1", loopIndex: 0), needsCertificate: true)
    var answerer = Handshake(local: node, calls: false, needsCertificate: true)
    #expect(answerer.opened(certificate: gatewayCertificate) == .nothing)
    #expect(caller.opened(certificate: nodeCertificate) == .greet)
    #expect(answerer.received(gateway) == .open(gateway, greeting: true))
    #expect(caller.received(node) == .open(node, greeting: false))
    #expect(caller.state == .done && answerer.state == .done)
    #expect(refusal(answerer.received(gateway))?.code == .protocolViolation)
  }

  @Test("without a certificate nobody is believed, unless there is no security at all")
  func certificateIsNeeded() {
    var strict = Handshake(local: node, calls: false, needsCertificate: true)
    #expect(refusal(strict.opened(certificate: nil))?.code == .wrongIdentity)
    var simulated = Handshake(local: node, calls: false, needsCertificate: false)
    #expect(simulated.opened(certificate: nil) == .nothing)
    #expect(simulated.received(gateway) == .open(gateway, greeting: true))
  }

  @Test("each part of the hello must be what the certificate says")
  func identity() {
    for (wrong, code) in [
      (hello("g2", .gateway), Goodbye.Code.wrongIdentity), (hello("g1", .node), .wrongIdentity), (hello("", .gateway), .wrongIdentity),
      (hello("g1", .gateway, cluster: "other"), .wrongCluster),
    ] {
      var answerer = Handshake(local: node, calls: false, needsCertificate: true)
      _ = answerer.opened(certificate: gatewayCertificate)
      #expect(refusal(answerer.received(wrong))?.code == code)
      #expect(answerer.state == .refused)
    }
  }

  @Test("the caller finds out when somebody else answers")
  func expectation() {
    var other = node
    other.loopIndex = 1
    other.loopCount = 2
    for (expecting, found) in [
      (Handshake.Expectation(role: .node, name: "n2"), node), (.init(role: .gateway), node), (.init(name: "n1", loopIndex: 0), other),
    ] {
      var caller = Handshake(local: gateway, calls: true, expecting: expecting, needsCertificate: false)
      #expect(caller.opened(certificate: nil) == .greet)
      #expect(refusal(caller.received(found))?.code == .wrongIdentity)
    }
  }

  @Test("versions must overlap")
  func versions() {
    var newer = gateway
    newer.versions = 2...3
    var answerer = Handshake(local: node, calls: false, needsCertificate: false)
    #expect(refusal(answerer.received(newer)) == Goodbye(code: .version, text: "versions 2-3 meet versions 1: none in common"))
    newer.versions = 1...3
    answerer = Handshake(local: node, calls: false, needsCertificate: false)
    #expect(answerer.received(newer) == .open(newer, greeting: true))
  }
}
