// The vectors that others implement against: our code and a decoder in Python that shares nothing with it must both agree.
import ChildPrograms
import Foundation
import Testing
import TroupeNet
import TroupeWire

@testable import TroupeTransport

@Suite("Frame vectors")
struct FrameVectorsTests {
  struct File: Decodable {
    struct Vector: Decodable, Sendable, CustomTestStringConvertible {
      let name: String
      let type: String
      let hex: String
      let fields: [String: String]
      var testDescription: String { name }
    }
    struct Refused: Decodable, Sendable, CustomTestStringConvertible {
      let name: String
      let hex: String
      var testDescription: String { name }
    }
    let frames: [Vector]
    let refused: [Refused]
  }

  static let here = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  static let path = here.appendingPathComponent("../../protocols/vectors/frames.json").standardizedFileURL
  static let file: File = {
    do {
      return try JSONDecoder().decode(File.self, from: Data(contentsOf: path))
    } catch {
      fatalError("\(path.path) cannot be read: \(error)")
    }
  }()

  @Test("what we read is what the vector says, and we write the same bytes", arguments: file.frames)
  func frame(vector: File.Vector) throws {
    let bytes = try #require(Self.bytes(vector.hex))
    let (type, fields, written) = try Self.read(bytes)
    #expect(type == vector.type)
    #expect(fields == vector.fields)
    // The fields that a later version appends are not ours to write.
    if vector.name != "a later version appends" { #expect(written == bytes) }
  }

  @Test("what must be refused is", arguments: file.refused)
  func refused(vector: File.Refused) throws {
    let bytes = try #require(Self.bytes(vector.hex))
    #expect(throws: FrameError.self) { _ = try Self.read(bytes) }
  }

  @Test("every type has a vector")
  func complete() {
    let types = Set(Self.file.frames.map(\.type))
    #expect(types == Set(FrameType.allCases.map { "\($0)" }))
  }

  @Test("the independent decoder agrees")
  func python() throws {
    let decoder = Self.here.appendingPathComponent("../Support/Vectors/decode_frames.py").standardizedFileURL
    let outcome = try ChildProgram.run("/usr/bin/env", ["python3", decoder.path, Self.path.path])
    #expect(outcome.isSuccess, "\(outcome.outputText)\(outcome.errorText)")
    #expect(outcome.outputText == "\(Self.file.frames.count) frames agree, \(Self.file.refused.count) are refused\n")
  }

  // MARK: Reading and writing again

  static func bytes(_ hex: String) -> [UInt8]? {
    let digits = Array(hex.utf8)
    guard digits.count % 2 == 0 else { return nil }
    return stride(from: 0, to: digits.count, by: 2).compactMap { UInt8(hex.dropFirst($0).prefix(2), radix: 16) }
  }

  private static func hex(_ bytes: [UInt8]) -> String {
    bytes.map { String(Int($0) + 0x100, radix: 16).dropFirst() }.joined()
  }

  private static func hex(_ value: UInt64) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  private static func read(_ bytes: [UInt8]) throws -> (type: String, fields: [String: String], written: [UInt8]) {
    let length: UInt32 = bytes.span.bytes.load(at: 0)
    guard length >= 1, length <= TransportLimits.frame else { throw FrameError.badLength(length, limit: TransportLimits.frame) }
    guard let type = FrameType(rawValue: bytes[4]) else { throw FrameError.unknownType(bytes[4]) }
    let frame = Array(bytes[4...])
    var writer = Writer()
    let fields = try read(frame, type, writingTo: &writer)
    return ("\(type)", fields, writer.bytes)
  }

  private static func read(_ frame: [UInt8], _ type: FrameType, writingTo writer: inout Writer) throws -> [String: String] {
    let span = frame.span.bytes
    switch type {
    case .hello: return try readHello(span, &writer)
    case .goodbye:
      let goodbye = try ControlFrames.goodbye(in: span)
      ControlFrames.writeGoodbye(goodbye, to: &writer)
      return ["code": "\(goodbye.code.rawValue)", "reason": goodbye.text]
    case .ping, .pong, .epoch, .stamp:
      let number = try ControlFrames.number(in: span, type)
      if type == .ping { ControlFrames.writePing(number, to: &writer) }
      if type == .pong { ControlFrames.writePong(number, to: &writer) }
      if type == .stamp { ControlFrames.writeStamp(number, to: &writer) }
      if type == .epoch { ControlFrames.writeEpoch(number, to: &writer) }
      return ["number": "\(number)"]
    case .begin, .chunk, .credit, .stop: return try readChunked(span, type, &writer)
    case .goAway:
      ControlFrames.writeGoAway(to: &writer)
      return [:]
    case .compressed:
      let raw = try CompressedFrame.open(span)
      let start = writer.beginFrame(.compressed)
      writer.fixed32(UInt32(raw.count))
      // What a compressor makes is its own business: the bytes are held against what they hold.
      writer.append(span.extracting(CompressedFrame.bytes..<span.byteCount))
      writer.endFrame(start)
      return ["count": "\(raw.count)", "frame": hex(raw)]
    case .cancel:
      let request = try CancelFrame.request(in: span)
      CancelFrame.write(request, to: &writer)
      return ["request": "\(request)"]
    case .identity:
      let index = try IdentityFrame.index(in: span)
      let token = Array(frame[IdentityFrame.token...])
      IdentityFrame.write(index, token: token, to: &writer)
      return ["index": "\(index)", "token": hex(token)]
    case .call: return try readCall(span, &writer)
    case .reply, .answer: return try readReply(span, type, &writer)
    case .ask:
      let (request, topic) = try AskFrame.head(in: span)
      let payload = Array(frame[AskFrame.payload...])
      let start = AskFrame.begin(topic, request: request, to: &writer)
      writer.append(payload)
      writer.endFrame(start)
      return ["request": "\(request)", "topic": "\(topic.rawValue)", "payload": hex(payload)]
    }
  }

  private static func readReply(_ frame: RawSpan, _ type: FrameType, _ writer: inout Writer) throws -> [String: String] {
    let request = try ReplyFrame.request(in: frame, type)
    let reply = ReplyFrame.reply(in: frame, type)
    let start = ReplyFrame.begin(type, request: request, status: reply.status, to: &writer)
    if reply.status == .overloaded { writer.fixed32(reply.retryAfterMilliseconds) }
    writer.append(reply.bytes)
    writer.endFrame(start)
    var fields = ["request": "\(request)", "status": "\(reply.status.rawValue)", "payload": hex(reply.bytes)]
    if reply.status == .overloaded { fields["retryAfter"] = "\(reply.retryAfterMilliseconds)" }
    return fields
  }

  private static func readChunked(_ frame: RawSpan, _ type: FrameType, _ writer: inout Writer) throws -> [String: String] {
    let message = try ChunkFrames.message(in: frame, type)
    switch type {
    case .begin:
      let total = try ChunkFrames.count(in: frame, type)
      let bytes = frame.extracting(ChunkFrames.beginBytes..<frame.byteCount)
      ChunkFrames.writeBegin(message, total: total, bytes, to: &writer)
      return ["message": "\(message)", "total": "\(total)", "bytes": hex(bytes.withUnsafeBytes { [UInt8]($0) })]
    case .chunk:
      let bytes = frame.extracting(ChunkFrames.chunkBytes..<frame.byteCount)
      ChunkFrames.writeChunk(message, bytes, to: &writer)
      return ["message": "\(message)", "bytes": hex(bytes.withUnsafeBytes { [UInt8]($0) })]
    case .credit:
      let count = try ChunkFrames.count(in: frame, type)
      ChunkFrames.writeCredit(message, bytes: count, to: &writer)
      return ["message": "\(message)", "count": "\(count)"]
    default:
      ChunkFrames.writeStop(message, to: &writer)
      return ["message": "\(message)"]
    }
  }

  private static func readHello(_ frame: RawSpan, _ writer: inout Writer) throws -> [String: String] {
    let hello = try HelloFrame.read(frame)
    HelloFrame.write(hello, to: &writer)
    var fields = [
      "lowest": "\(hello.versions.lowerBound)", "highest": "\(hello.versions.upperBound)",
      "cluster": hello.cluster, "name": hello.name,
      "role": "\(hello.role.rawValue)", "incarnation": "\(hello.incarnation)", "loop": "\(hello.loopIndex)",
      "loops": "\(hello.loopCount)", "maxFrame": "\(hello.maxFrame)", "features": "\(hello.features)",
    ]
    if LinkFeatures(rawValue: hello.features).contains(.lz4) { fields["zone"] = hello.zone }
    return fields
  }

  /// For a call that names an index: whose it is does not stand in it.
  private static let anyToken: [UInt8] =
    file.frames.first { $0.type == "identity" }.flatMap { $0.fields["token"] }.flatMap { bytes($0) } ?? []

  private static func readCall(_ frame: RawSpan, _ writer: inout Writer) throws -> [String: String] {
    let call = try IncomingCall(frame)
    let read = CallFields(call)
    let now = Instant(nanoseconds: 1_000)
    var head = CallHead(
      kind: read.kind, method: read.method, isQuery: read.isQuery, deadline: call.deadline(now: now), caller: read.caller,
      sequence: read.sequence, lowestOpen: read.lowestOpen, epoch: read.epoch)
    head.isRetry = read.isRetry
    head.isBulk = read.isBulk
    head.isOrphan = call.isOrphan
    head.trace = read.trace
    head.identity = read.identity.map { CallerIdentity(unsigned: $0) }
    var form = IdentityForm.text
    let token = call.identityToken.withUnsafeBytes { [UInt8]($0) }
    if !token.isEmpty {
      head.identity = CallerIdentity(try SignedIdentity(token: token))
      form = .token
    } else if let index = call.identityIndex {
      head.identity = CallerIdentity(try SignedIdentity(token: Self.anyToken))
      form = .index(index)
    }
    head.chain = read.chain
    let start = CallFrame.begin(head, request: call.request, entity: read.entity, now: now, identity: form, to: &writer)
    writer.append(read.arguments)
    writer.endFrame(start)
    var fields = [
      "request": "\(call.request)", "query": read.isQuery ? "1" : "0", "retry": read.isRetry ? "1" : "0", "bulk": read.isBulk ? "1" : "0",
      "orphan": call.isOrphan ? "1" : "0",
      "kind": "\(read.kind)",
      "method": "\(read.method)", "timeLeft": "\(read.timeLeft)", "caller": "\(read.caller)", "sequence": "\(read.sequence)",
      "lowestOpen": "\(read.lowestOpen)", "epoch": "\(read.epoch)", "entity": read.entity, "arguments": hex(read.arguments),
    ]
    if let trace = read.trace {
      fields["trace"] = "\(hex(trace.traceHigh))\(hex(trace.traceLow))-\(hex(trace.span))-\(hex([trace.flags]))"
    }
    fields["identity"] = read.identity
    fields["identityIndex"] = call.identityIndex.map { "\($0)" }
    if !token.isEmpty { fields["identityToken"] = hex(token) }
    if call.hasChain { fields["chain"] = read.chain.map { "\($0.kind)/\($0.entity)" }.joined(separator: " ") }
    return fields
  }
}
