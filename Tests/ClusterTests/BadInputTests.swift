// What the world may send to the gateway: each gets a 4xx that says what is wrong and where, and no process dies.

import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Testing

extension OnRealProcesses {
  @Suite struct BadInputTests {
    struct Case: Sendable {
      var what: String
      var isForAdmin = false
      var method = HTTPMethod.POST
      var path: String
      var body: [UInt8]?
      /// What the sentence must speak of.
      var names: String
    }

    static func line(_ json: String) -> [UInt8] { Array(json.utf8) }

    static let cases: [Case] = [
      Case(what: "unknown kind", isForAdmin: true, path: "/entities/nope/x/add", body: line("{}"), names: "nope"),
      Case(what: "unknown method", isForAdmin: true, path: "/entities/cart/x/frobnicate", body: line("{}"), names: "frobnicate"),
      Case(what: "unknown path", method: .GET, path: "/nowhere", names: "/nowhere"),
      Case(what: "quantity as text", path: "/carts/a/lines", body: line(#"{"sku":"mug","quantity":"two"}"#), names: "quantity"),
      Case(what: "SKU as number", path: "/carts/a/lines", body: line(#"{"sku":7,"quantity":1}"#), names: "sku"),
      Case(what: "no SKU", path: "/carts/a/lines", body: line(#"{"quantity":1}"#), names: "sku"),
      Case(what: "an array", path: "/carts/a/lines", body: line("[]"), names: "object"),
      Case(what: "half of JSON", path: "/carts/a/lines", body: line(#"{"sku":"mug""#), names: ""),
      Case(
        what: "wrong type at the door", isForAdmin: true, path: "/entities/cart/a/add", body: line(#"{"sku":"mug","quantity":true}"#),
        names: "quantity"),
      Case(what: "quantity 0", path: "/carts/a/lines", body: line(#"{"sku":"mug","quantity":0}"#), names: "quantity"),
      Case(what: "quantity -1", path: "/carts/a/lines", body: line(#"{"sku":"mug","quantity":-1}"#), names: "quantity"),
      Case(what: "quantity 10^12", path: "/carts/a/lines", body: line(#"{"sku":"mug","quantity":1000000000000}"#), names: "quantity"),
      Case(what: "quantity 10^30", path: "/carts/a/lines", body: line(#"{"sku":"mug","quantity":1e30}"#), names: "quantity"),
      Case(
        what: "quantity 0 at the door", isForAdmin: true, path: "/entities/cart/a/add", body: line(#"{"sku":"mug","quantity":0}"#),
        names: #""quantityOutOfRange" (0)"#),
      Case(
        what: "quantity 10^12 at the door", isForAdmin: true, path: "/entities/cart/a/add",
        body: line(#"{"sku":"mug","quantity":1000000000000}"#), names: #""quantityOutOfRange" (1000000000000)"#),
      Case(what: "an id of 10 KB", method: .GET, path: "/carts/" + String(repeating: "a", count: 10_240), names: ""),
      Case(
        what: "an id of 10 KB at the door", isForAdmin: true, path: "/entities/cart/" + String(repeating: "a", count: 10_240) + "/clear",
        names: ""),
      Case(what: "a body that is no UTF-8", path: "/carts/a/lines", body: line(#"{"sku":""#) + [0xff, 0xfe] + line(#""}"#), names: ""),
      Case(what: "a deep body", path: "/carts/a/lines", body: Array(repeating: UInt8(ascii: "["), count: 100_000), names: ""),
    ]

    @Test(.timeLimit(.minutes(3)))
    func `each gets a 4xx that says what is wrong, and no node dies`() async throws {
      let folder = try TemporaryFolder()
      let up = try await UpProcess(data: folder.path + "/data")
      let pids = await up.events.pids
      for bad in Self.cases {
        let shopper = Shopper(bad.isForAdmin ? up.admin : up.gateway)
        let answer = try await shopper.send(bad.method, bad.path, bad.body.map { .bytes(ByteBuffer(bytes: $0)) })
        expectProblem(answer, bad.what, naming: bad.names)
      }
      expectProblem(try await RawHTTP.send("GET /carts/%ff%fe HTTP/1.1", to: up.gateway), "an id that is no UTF-8", naming: "")
      for framing in [RawHTTP.Framing.length, .chunked] {
        let answer = try await RawHTTP.send("POST /carts/a/lines HTTP/1.1", bodyOf: 100_000_000, framing, to: up.gateway)
        #expect(answer.status == 413)
        expectProblem(answer, "a body of 100 MB", naming: "")
      }
      #expect(await Shopper(up.gateway).add("mug", to: "alice", key: "1") == .acknowledged)
      #expect(await up.events.pids == pids, "no process was started again")
      #expect(await up.stop() == 0)
    }

    private func expectProblem(_ answer: Shopper.Answer, _ what: String, naming words: String) {
      #expect((400..<500).contains(answer.status), "\(what): \(answer.status)")
      #expect(answer.type.hasPrefix("application/problem+json"), "\(what): \(answer.type)")
      guard let problem = answer.problem else {
        Issue.record("\(what): no problem but \(String(decoding: answer.body.prefix(200), as: UTF8.self))")
        return
      }
      #expect(problem.status == answer.status && problem.detail.count > 10, "\(what): \(problem)")
      #expect(words.isEmpty || problem.detail.contains(words), "\(what) says: \(problem.detail)")
    }
  }
}
