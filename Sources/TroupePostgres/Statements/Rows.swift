// What a statement answered, in binary. Lives on the store's loop, no longer than it takes to read it.
import CPostgres

final class Rows {
  private let result: OpaquePointer

  /// Takes the result over.
  init(_ result: OpaquePointer) { self.result = result }
  deinit { PQclear(result) }

  var count: Int { Int(PQntuples(result)) }
  var isEmpty: Bool { count == 0 }

  func isNull(_ row: Int, _ column: Int) -> Bool { PQgetisnull(result, Int32(row), Int32(column)) != 0 }

  /// Of a smallint, an integer or a bigint; 0 where the server sent something else.
  func uint(_ row: Int, _ column: Int) -> UInt64 {
    let bytes = raw(row, column)
    switch bytes.count {
    case 8: return UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self))
    case 4: return UInt64(bitPattern: Int64(Int32(bitPattern: UInt32(bigEndian: bytes.loadUnaligned(as: UInt32.self)))))
    case 2: return UInt64(bitPattern: Int64(Int16(bitPattern: UInt16(bigEndian: bytes.loadUnaligned(as: UInt16.self)))))
    case 1: return UInt64(bytes[0])
    default: return 0
    }
  }

  func int(_ row: Int, _ column: Int) -> Int { Int(Int64(bitPattern: uint(row, column))) }
  func bool(_ row: Int, _ column: Int) -> Bool { uint(row, column) != 0 }
  func string(_ row: Int, _ column: Int) -> String { String(decoding: raw(row, column), as: UTF8.self) }
  func bytes(_ row: Int, _ column: Int) -> [UInt8] { [UInt8](raw(row, column)) }

  private func raw(_ row: Int, _ column: Int) -> UnsafeRawBufferPointer {
    // libpq answers a null pointer for what is not there, and counts no bytes for it.
    let start = PQgetvalue(result, Int32(row), Int32(column))
    return UnsafeRawBufferPointer(start: start, count: Int(PQgetlength(result, Int32(row), Int32(column))))
  }
}
