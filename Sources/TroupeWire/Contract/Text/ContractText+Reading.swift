// The text of contracts, read back. A line is read by its depth (two spaces each) and its first word; what cannot be read is refused
// with its number. A line that begins with '#' is a remark.

/// A line of a contract file that says nothing that we understand.
public struct ContractTextError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Counted from 1.
  public let line: Int
  public let sentence: String

  public var description: String { "line \(line): \(sentence)" }
}

extension ContractText {
  /// The contracts that `text` describes, in its order.
  public static func contracts(in text: String) throws(ContractTextError) -> [EntityContract] {
    var reading = Reading()
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let depth = line.prefix { $0 == " " }.count / 2
      let rest = line.drop { $0 == " " }
      if rest.isEmpty || rest.first == "#" { continue }
      guard reading.take(String(rest), depth: depth) else {
        throw ContractTextError(line: index + 1, sentence: "'\(rest)' cannot be read here")
      }
    }
    reading.endThing()
    return reading.contracts
  }

  /// What has been read, and the thing that further lines belong to.
  private struct Reading {
    var contracts: [EntityContract] = []
    private enum Thing {
      case method(MethodContract)
      case structure(String, [FieldContract])
      case enumeration(String, [CaseContract])
    }
    private var thing: Thing?

    /// The method or type that was being read is complete.
    mutating func endThing() {
      let last = contracts.count - 1
      switch thing {
      case nil: break
      case .method(let method): contracts[last].methods.append(method)
      case .structure(let name, let fields): contracts[last].types[name] = .structure(fields)
      case .enumeration(let name, let cases): contracts[last].types[name] = .enumeration(cases)
      }
      thing = nil
    }

    mutating func take(_ line: String, depth: Int) -> Bool {
      let words = line.split(separator: " ").map(String.init)
      switch depth {
      case 0: return takeKind(words)
      case 1: return !contracts.isEmpty && takeThing(words)
      case 2: return takePart(line, words)
      default: return takeValue(line)
      }
    }

    private mutating func takeKind(_ words: [String]) -> Bool {
      guard words.count == 3, words[0] == "kind", words[2] == "durable" || words[2] == "volatile" else { return false }
      endThing()
      contracts.append(
        EntityContract(kind: words[1], isDurable: words[2] == "durable", methods: [], state: nil, event: nil, types: [:]))
      return true
    }

    private mutating func takeThing(_ words: [String]) -> Bool {
      endThing()
      let last = contracts.count - 1
      guard words.count >= 2 else { return false }
      switch words[0] {
      case "state", "event":
        guard let type = WireType(contractText: words.dropFirst().joined(separator: " ")) else { return false }
        if words[0] == "state" { contracts[last].state = type } else { contracts[last].event = type }
      case "struct": thing = .structure(words[1], [])
      case "enum": thing = .enumeration(words[1], [])
      case "command", "query":
        guard words.count >= 3, words[2].first == "#", let id = UInt64(words[2].dropFirst(), radix: 16) else { return false }
        thing = .method(
          MethodContract(
            id: id, name: String(words[1].prefix { $0 != "(" }), signature: words[1], isQuery: words[0] == "query",
            isAsync: words[3...].contains("async"), parameters: [], result: .nothing, failure: .never,
            isStream: words[3...].contains("stream")))
      default: return false
      }
      return true
    }

    private mutating func takePart(_ line: String, _ words: [String]) -> Bool {
      let type = WireType(contractText: words.dropFirst().joined(separator: " "))
      switch (thing, words[0]) {
      case (.method(var method), let word):
        if word == "->", let type {
          method.result = type
        } else if word == "throws", let type {
          method.failure = type
        } else if let field = FieldContract(contractText: line) {
          method.parameters.append(field)
        } else {
          return false
        }
        thing = .method(method)
      case (.structure(let name, let fields), _):
        guard let field = FieldContract(contractText: line) else { return false }
        thing = .structure(name, fields + [field])
      case (.enumeration(let name, let cases), "case"):
        guard words.count == 2 else { return false }
        thing = .enumeration(name, cases + [CaseContract(name: words[1])])
      default: return false
      }
      return true
    }

    private mutating func takeValue(_ line: String) -> Bool {
      guard case .enumeration(let name, var cases) = thing, !cases.isEmpty, let field = FieldContract(contractText: line) else {
        return false
      }
      cases[cases.count - 1].fields.append(field)
      thing = .enumeration(name, cases)
      return true
    }
  }
}

extension FieldContract {
  /// `- name: type` or `- name: type = 0x00`.
  fileprivate init?(contractText line: String) {
    guard line.hasPrefix("- "), let colon = line.firstIndex(of: ":") else { return nil }
    let name = String(line[line.index(line.startIndex, offsetBy: 2)..<colon])
    let rest = line[line.index(after: colon)...].drop { $0 == " " }
    let end = rest.firstIndex(of: "=") ?? rest.endIndex
    guard let type = WireType(contractText: String(rest[..<end]).trimmed) else { return nil }
    guard end < rest.endIndex else {
      self.init(name: name, type: type)
      return
    }
    let text = String(rest[rest.index(after: end)...]).trimmed
    guard text.hasPrefix("0x"), let bytes = [UInt8](hexDigits: text.dropFirst(2)) else { return nil }
    self.init(name: name, type: type, missing: bytes)
  }
}

extension String {
  fileprivate var trimmed: String { String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()) }
}

extension [UInt8] {
  fileprivate init?(hexDigits text: Substring) {
    let digits = text.map(\.hexDigitValue)
    guard digits.count.isMultiple(of: 2), !digits.contains(nil) else { return nil }
    self = stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0]! * 16 + digits[$0 + 1]!) }
  }
}
