// What is wrong with bytes that a peer sent. Each ends the peer's link, and nothing else.

/// A frame that the protocol does not allow. A small value: it is thrown on the hot path, the sentence is made only when told.
enum FrameError: Error, Hashable {
  case badLength(UInt32, limit: Int)
  case unknownType(UInt8)
  case unexpected(FrameType)
  case truncated(FrameType)
  case unknownFlags(UInt8)
  case notUTF8(FrameType)
  case badMagic(UInt32)
  case badHello(String)
  case notOpen(FrameType, request: UInt32)
  case badMessage(UInt32)
  case badCredit(Int)
  case badCompression(Int)
  case badIdentity(UInt16)

  var sentence: String {
    switch self {
    case .badLength(let length, let limit): "a frame claims \(length) bytes; 1 to \(limit) are allowed"
    case .unknownType(let type): "a frame has the unknown type \(type)"
    case .unexpected(let type): "a frame of type \(type) came when none may come"
    case .truncated(let type): "a frame of type \(type) is shorter than its fields"
    case .unknownFlags(let flags): "a call has unknown flags: \(String(flags, radix: 2))"
    case .notUTF8(let type): "a text in a frame of type \(type) is not UTF-8"
    case .badMagic(let magic): "the first frame does not begin with the protocol's name but with \(String(magic, radix: 16))"
    case .badHello(let why): "the peer's hello says \(why)"
    case .badMessage(let id): "message \(id) came in chunks that do not fit together"
    case .badCompression(let bytes): "a compressed frame does not hold the \(bytes) bytes that it claims"
    case .badIdentity(let index): "an identity is declared under \(index); indexes end below \(IdentityLimits.indexes)"
    case .badCredit(let bytes): "\(bytes) bytes were credited that were not sent"
    case .notOpen(let type, let request): "a frame of type \(type) answers \(String(request, radix: 16)), which is not open"
    }
  }
}
