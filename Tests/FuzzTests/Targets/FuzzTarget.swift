// What a fuzzer calls, and what the replay of its corpus calls: one function from bytes to a finding.

/// Something that bytes are thrown at.
public protocol FuzzTarget {
  /// The folder of its corpus.
  static var name: String { get }

  /// Runs one input. What it throws, like a trap or a report of the sanitizer, is a finding.
  static func run(_ bytes: UnsafeRawBufferPointer) throws(Finding)
}

/// A promise that did not hold for some input.
public struct Finding: Error, CustomStringConvertible {
  public let description: String
  init(_ description: String) { self.description = description }
}

public enum FuzzTargets {
  public static var all: [any FuzzTarget.Type] {
    [FramesTarget.self, HandshakeTarget.self, WireTarget.self, BlocksTarget.self, TLSTarget.self]
  }

  static var names: [String] { all.map { $0.name } }

  /// For a replay: what one input finds, if anything.
  @inline(never)
  static func finding(of name: String, for input: [UInt8]) -> String? {
    guard let target = all.first(where: { $0.name == name }) else { return "there is no fuzzer \(name)" }
    // Memory of exactly this size, as the fuzzer gives it.
    let exact = UnsafeMutableRawBufferPointer.allocate(byteCount: input.count, alignment: 1)
    defer { exact.deallocate() }
    exact.copyBytes(from: input)
    do throws(Finding) {
      try target.run(UnsafeRawBufferPointer(exact))
      return nil
    } catch {
      return error.description
    }
  }

  /// For `LLVMFuzzerTestOneInput`: a finding ends the process, so that the fuzzer keeps the input.
  public static func run(_ target: any FuzzTarget.Type, _ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    do throws(Finding) {
      try target.run(UnsafeRawBufferPointer(start: bytes, count: bytes == nil ? 0 : count))
    } catch {
      fatalError("\(target.name): \(error)")
    }
    return 0
  }
}

/// Throws a finding unless `condition` holds.
func expect(_ condition: Bool, _ sentence: @autoclosure () -> String) throws(Finding) {
  guard condition else { throw Finding(sentence()) }
}
