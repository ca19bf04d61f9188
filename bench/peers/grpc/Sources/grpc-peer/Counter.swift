// The service that is measured: one unary method that adds the length of a payload to a counter found by its id.
// Messages are plain bytes (length of the id, id, payload; the answer is eight bytes), not protobuf: what protobuf would
// cost comes on top, so the comparison is in gRPC's favour.
import GRPCCore

enum Counter {
  static let add = MethodDescriptor(fullyQualifiedService: "bench.Counter", method: "Add", type: .unary)

  /// Ten thousand counters behind actors, as a Swift server would keep them: one actor for each id.
  actor Entity {
    private var total: UInt64 = 0

    func add(_ payload: ArraySlice<UInt8>) -> UInt64 {
      total += UInt64(payload.count)
      return total
    }
  }

  /// Finds or makes the entity of an id.
  actor Directory {
    private var entities: [ArraySlice<UInt8>: Entity] = [:]

    func entity(_ id: ArraySlice<UInt8>) -> Entity {
      if let found = entities[id] { return found }
      let made = Entity()
      entities[id] = made
      return made
    }
  }

  struct Service: RegistrableRPCService {
    let directory = Directory()

    func registerMethods<Transport: ServerTransport>(with router: inout RPCRouter<Transport>) {
      router.registerHandler(forMethod: Counter.add, deserializer: Bytes(), serializer: Bytes()) { request, _ in
        let message = try await ServerRequest(stream: request).message
        guard let length = message.first, message.count > Int(length) else {
          throw RPCError(code: .invalidArgument, message: "the id is longer than the message")
        }
        let entity = await directory.entity(message[1..<(1 + Int(length))])
        let total = await entity.add(message[(1 + Int(length))...])
        return StreamingServerResponse(single: ServerResponse(message: Counter.encode(total)))
      }
    }
  }

  static func encode(_ total: UInt64) -> [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: total >> (8 * $0)) }
  }
}

/// Messages as they are.
struct Bytes: MessageSerializer, MessageDeserializer {
  func serialize<Out: GRPCContiguousBytes>(_ message: [UInt8]) throws -> Out { Out(message) }

  func deserialize<In: GRPCContiguousBytes>(_ bytes: In) throws -> [UInt8] {
    bytes.withUnsafeBytes { [UInt8]($0) }
  }
}
