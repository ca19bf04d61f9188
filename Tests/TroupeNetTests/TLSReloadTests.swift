// Files that change under a context in use: taken as a whole or not at all, open connections untouched, what is wrong said by name.
import Foundation
import Testing
import TroupeNet

@Suite struct TLSReloadTests {
  static let n1 = PeerIdentity("spiffe://test/node/n1")
  static let n2 = PeerIdentity("spiffe://test/node/n2")

  @Test func aLookTakesWhatHasChangedAndStandsStill() throws {
    let changing = try Certificates.shared.changing("n1")
    let context = try TLSContext(changing.files, trustDomain: "test")
    #expect(context.look().isEmpty)
    try changing.put(certificate: "n2")
    try changing.put(key: "n2")
    #expect(context.look().isEmpty, "it may still be written")
    let news = context.look()
    guard case .credentials(let text)? = news.first, news.count == 1 else {
      Issue.record("\(news)")
      return
    }
    #expect(text.hasPrefix("spiffe://test/node/n2, valid until 20"))
    #expect(context.identity == Self.n2)
    #expect(context.look().isEmpty)
    #expect(context.status.refusals.isEmpty)
  }

  @Test func withoutALookNothingChanges() throws {
    let changing = try Certificates.shared.changing("n1")
    let context = try TLSContext(changing.files, trustDomain: "test")
    try changing.put(certificate: "n2")
    try changing.put(key: "n2")
    #expect(context.identity == Self.n1)
    try context.reload()
    #expect(context.identity == Self.n2)
  }

  @Test func aNewCertificateWithTheOldKeyIsNeverInForce() throws {
    let changing = try Certificates.shared.changing("n1")
    let context = try TLSContext(changing.files, trustDomain: "test")
    try changing.put(certificate: "n2")
    let error = #expect(throws: NetError.self) { try context.reload() }
    #expect(error?.code == "key")
    for _ in 0..<3 { _ = context.look() }
    #expect(context.identity == Self.n1)
    #expect(context.status.refusals.map(\.code) == ["key"])
    try changing.put(key: "n2")
    for _ in 0..<2 { _ = context.look() }
    #expect(context.identity == Self.n2)
    #expect(context.status.refusals.isEmpty)
  }

  @Test(arguments: [
    ("expired", "certificate", "it has expired"), ("future", "certificate", "it is not valid yet"),
    ("foreign", "certificate", "its trust domain is elsewhere, not test"), ("two", "certificate", "it names 2 URIs"),
    ("signer", "certificate", "it is a CA's certificate, not a leaf"),
  ])
  func aBadCertificateLeavesTheOldInForce(name: String, code: String, words: String) throws {
    let changing = try Certificates.shared.changing("n1")
    let context = try TLSContext(changing.files, trustDomain: "test")
    let before = context.status
    try changing.put(certificate: name)
    try changing.put(key: name)
    _ = context.look()
    let news = context.look()
    guard case .refused(let error)? = news.first else {
      Issue.record("\(name): \(news)")
      return
    }
    #expect(error.code == code)
    #expect("\(news[0])".hasPrefix("the old stays in force: ") && "\(news[0])".contains(words), "\(news[0])")
    #expect(!"\(news[0])".contains("BEGIN"))
    #expect(context.look().isEmpty, "the same refusal is news once")
    let after = context.status
    #expect(after.fingerprint == before.fingerprint && after.identity == before.identity)
    #expect(after.refusals == [error])
    try changing.put(certificate: "n1")
    try changing.put(key: "n1")
    for _ in 0..<2 { _ = context.look() }
    #expect(context.status.refusals.isEmpty)
  }

  @Test(arguments: ["certificate", "key", "roots"])
  func whatCannotBeReadIsNamed(which: String) throws {
    let changing = try Certificates.shared.changing("n1")
    let context = try TLSContext(changing.files, trustDomain: "test")
    let path = ["certificate": changing.files.certificate, "key": changing.files.key, "roots": changing.files.roots][which]!
    let whole = try String(contentsOfFile: path, encoding: .utf8)
    for (what, text) in [("nothing", ""), ("no PEM", "hello"), ("half of it", String(whole.prefix(whole.count / 2)))] {
      try changing.put(text, at: path)
      let error = #expect(throws: NetError.self, "\(which) with \(what)") { try context.reload() }
      #expect(error?.code == which && error?.description.contains(path) == true, "\(what): \(error?.description ?? "")")
    }
    try FileManager.default.removeItem(atPath: path)
    let gone = #expect(throws: NetError.self) { try context.reload() }
    #expect(gone?.description.contains("No such file or directory") == true)
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    #expect(throws: NetError.self) { try context.reload() }
    #expect(context.identity == Self.n1)
  }

  @Test func rootsOfWhichTheSecondBreaksOffAreNotHalfTaken() throws {
    let changing = try Certificates.shared.changing("n1")
    let context = try TLSContext(changing.files, trustDomain: "test")
    let both = try String(contentsOfFile: Certificates.shared.path("both.crt"), encoding: .utf8)
    try changing.put(String(both.dropLast(100)), at: changing.files.roots)
    let error = #expect(throws: NetError.self) { try context.reload() }
    #expect(error?.code == "roots")
  }

  @Test func rootsThatDoNotVouchForOurselvesAreSaidSo() throws {
    let changing = try Certificates.shared.changing("n1")
    let context = try TLSContext(changing.files, trustDomain: "test")
    #expect(context.status.isVouchedFor)
    try changing.put(roots: "other-ca")
    let news = try context.reload()
    #expect(news.contains { "\($0)".contains("THE ROOTS DO NOT VOUCH FOR IT") }, "\(news)")
    #expect(!context.status.isVouchedFor)
  }

  @Test func aChainIsTakenWithItsIntermediate() async throws {
    let certificates = try Certificates.shared
    let (below, two) = (try certificates.context("below"), try certificates.context("n2"))
    #expect(below.status.isVouchedFor)
    let said = try await Bed.real.transcript { stage in
      let listener = stage.listen(security: below) { stage.player("server") }
      let client = stage.player("client")
      client.onOpened = { connection in
        stage.say("client sees \(connection.peer!.name)")
        stage.finish()
      }
      stage.connect(listener, security: two, client)
    }
    #expect(said.contains("client sees n3"), "\(said)")
  }

  /// Step by step as the runbook says, with a connection that stays open through all of it.
  @Test func aCAIsReplacedWhileAConnectionStays() async throws {
    let certificates = try Certificates.shared
    let (one, two) = (try certificates.changing("n1"), try certificates.changing("n2"))
    let server = try TLSContext(one.files, trustDomain: "test")
    let client = try TLSContext(two.files, trustDomain: "test")
    let said = try await Bed.real.transcript { stage in
      let steps: [@Sendable () throws -> Void] = [
        {
          try one.put(roots: "both")
          try two.put(roots: "both")
        },
        {
          try one.put(certificate: "n1-next")
          try one.put(key: "n1-next")
        },
        { try two.put(roots: "other-ca") },
      ]
      let listener = stage.listen(security: server) {
        let player = stage.player("server")
        player.onReceived = { connection, bytes in
          connection.send(bytes)
          return bytes.count
        }
        return player
      }
      let lasting = stage.player("lasting")
      var connection: (any Connection)?
      var next = 0
      /// A step, a new connection, and a word over the lasting one.
      func step() {
        guard next < steps.count else { return stage.finish() }
        do {
          try steps[next]()
          for context in [server, client] { try context.reload() }
        } catch {
          stage.say("step \(next): \(error)")
          return stage.finish()
        }
        next += 1
        let fresh = stage.player("fresh \(next)")
        fresh.onOpened = { _ in connection?.send("\(next)") }
        fresh.onClosed = { reason in if next == steps.count, reason != .loopStopped { stage.finish() } }
        stage.connect(listener, security: client, expecting: Self.n1, fresh)
      }
      lasting.onOpened = {
        connection = $0
        step()
      }
      lasting.onReceived = { _, bytes in
        step()
        return bytes.count
      }
      stage.connect(listener, security: client, expecting: Self.n1, lasting)
    }
    for number in 1...3 {
      #expect(said.contains("fresh \(number) opened"), "\(said)")
      #expect(said.contains("lasting received \(number)"), "\(said)")
    }
    #expect(!said.contains { $0.contains("closed") && !$0.contains("loop-stopped") }, "\(said)")
  }
}
