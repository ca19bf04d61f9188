// Bytes into TLS, as server and as client: noise, records of noise, and a genuine handshake and genuine records with changes on the way,
// which get past the first record.
//
// Promises: it ends with a named reason or goes on; nobody is let in without the certificate that is expected; what is decrypted is what
// was encrypted, or nothing; no error is left behind for the next connection of the thread.
@testable import TroupeNet

public enum TLSTarget: FuzzTarget {
  public static let name = "tls"

  public static func run(_ bytes: UnsafeRawBufferPointer) throws(Finding) {
    let contexts: (server: TLSContext, client: TLSContext)
    do { contexts = try FuzzCertificates.contexts.get() } catch { throw Finding("no certificates: \(error)") }
    try KnownRandomness.with { () throws(Finding) in
      var input = FuzzInput(bytes)
      let choice = input.byte()
      let server = TLSEnd(contexts.server, isServer: true, expecting: nil)
      let client = TLSEnd(contexts.client, isServer: false, expecting: contexts.server.identity)
      switch choice & 7 {
      case 0: try noise(server, &input, asRecords: false)
      case 1: try noise(client, &input, asRecords: false)
      case 2, 3: try noise(server, &input, asRecords: true)
      case 4: try noise(client, &input, asRecords: true)
      case 5: try greeting(client, server, &input)
      default: try dialogue(client, server, &input)
      }
    }
  }

  private static func check(_ ends: TLSEnd...) throws(Finding) {
    for end in ends { if let fault = end.fault { throw Finding(fault) } }
  }

  /// A stranger's bytes. Records have right lengths, so that what they hold is looked at.
  private static func noise(_ end: TLSEnd, _ input: inout FuzzInput, asRecords: Bool) throws(Finding) {
    end.arrive([])
    while !input.isAtEnd, end.reason == nil {
      let type = input.byte()
      let body = [UInt8](input.take(1 + input.word() % 2_048))
      end.arrive(asRecords ? record(type, body) : [type] + body)
    }
    try expect(!end.isOpen, "noise has opened a connection")
    try check(end)
  }

  /// Handshake messages too get their right length.
  private static func record(_ choice: UInt8, _ body: [UInt8]) -> [UInt8] {
    var body = body
    let type: UInt8 = [20, 21, 22, 22, 22, 23, 24, choice][Int(choice & 7)]
    if type == 22, body.count >= 4, choice & 8 == 0 {
      let length = body.count - 4
      (body[1], body[2], body[3]) = (UInt8(length >> 16), UInt8(length >> 8 & 0xFF), UInt8(length & 0xFF))
      if choice & 16 == 0 { body[0] = [1, 2, 8, 11, 13, 15, 20, 24][Int(choice >> 5)] }
    }
    return [type, 3, 3, UInt8(body.count >> 8), UInt8(body.count & 0xFF)] + body
  }

  /// A genuine first flight with changes: cheap, for nothing is signed.
  private static func greeting(_ client: TLSEnd, _ server: TLSEnd, _ input: inout FuzzInput) throws(Finding) {
    client.arrive([])
    var flight = client.takeOutput()
    change(&flight, &input)
    server.arrive(flight)
    server.arrive([UInt8](input.rest()))
    try check(client, server)
  }

  /// A whole connection, with changes to one flight or to several.
  private static func dialogue(_ client: TLSEnd, _ server: TLSEnd, _ input: inout FuzzInput) throws(Finding) {
    let untouched = Int(input.byte() & 7)
    client.arrive([])
    let said: [UInt8] = Array("a call, and what goes with it".utf8)
    var turn = 0
    while turn < 10, client.reason == nil || server.reason == nil {
      let (from, to) = turn % 2 == 0 ? (client, server) : (server, client)
      if from.isOpen, turn >= 2 { from.send(said) }
      if turn == 8 { from.leave() }
      var flight = from.takeOutput()
      if turn >= untouched { change(&flight, &input) }
      // In two pieces: a record that is not whole yet waits.
      let half = flight.count * Int(input.byte()) / 255
      to.arrive(Array(flight[..<half]))
      to.arrive(Array(flight[half...]))
      turn += 1
    }
    try check(client, server)
    for end in [client, server] {
      try expect(isRepeated(said, in: end.plain), "what was decrypted is not what was encrypted")
      if end.isOpen { try expect(end.session.peer != nil, "a connection is open to nobody") }
    }
  }

  private static func isRepeated(_ said: [UInt8], in plain: [UInt8]) -> Bool {
    plain.count <= said.count * 10 && plain.indices.allSatisfy { plain[$0] == said[$0 % said.count] }
  }

  private static func change(_ flight: inout [UInt8], _ input: inout FuzzInput) {
    let changes = input.byte() & 7
    for _ in 0..<changes where !flight.isEmpty {
      let choice = input.byte()
      let place = input.word() % flight.count
      switch choice & 7 {
      case 0, 1: flight[place] ^= input.byte()
      case 2: flight.removeSubrange(place..<flight.count)
      case 3: flight.insert(contentsOf: input.take(Int(input.byte())), at: place)
      case 4: flight.removeSubrange(place..<min(flight.count, place + 1 + Int(input.byte())))
      case 5: flight.append(contentsOf: flight)
      case 6: flight.insert(contentsOf: record(input.byte(), [UInt8](input.take(Int(input.byte())))), at: 0)
      default: flight[place] = input.byte()
      }
      if flight.count > 64 << 10 { flight.removeSubrange((64 << 10)...) }
    }
  }
}
