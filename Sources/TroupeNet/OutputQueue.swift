// Bytes that the kernel did not take at once, in chunks whose memory stays put while libuv writes from it.
import CLibuv

/// Chunks of one size, kept for the next connection that has to wait. Lives on one loop.
final class ChunkPool {
  static let size = 64 << 10
  /// Free chunks that are kept: 4 MiB a loop.
  private static let kept = 64

  private var free: [UnsafeMutableRawPointer] = []

  deinit { for chunk in free { chunk.deallocate() } }

  func take() -> UnsafeMutableRawPointer {
    free.popLast() ?? .allocate(byteCount: Self.size, alignment: 16)
  }

  func give(_ chunk: UnsafeMutableRawPointer) {
    if free.count < Self.kept { free.append(chunk) } else { chunk.deallocate() }
  }
}

/// A queue of bytes over chunks of a pool.
struct OutputQueue {
  private struct Chunk {
    let base: UnsafeMutableRawPointer
    var start = 0
    var end = 0
  }

  /// Buffers of one write: libuv takes up to four without asking for memory.
  static let buffersPerWrite = 4

  private let pool: ChunkPool
  private var chunks: [Chunk] = []
  private(set) var count = 0

  init(_ pool: ChunkPool) { self.pool = pool }

  var isEmpty: Bool { count == 0 }

  mutating func append(_ bytes: UnsafeRawBufferPointer) {
    var rest = bytes
    while let source = rest.baseAddress, !rest.isEmpty {
      if chunks.last.map({ $0.end == ChunkPool.size }) ?? true { chunks.append(Chunk(base: pool.take())) }
      let last = chunks.count - 1
      let taken = min(rest.count, ChunkPool.size - chunks[last].end)
      (chunks[last].base + chunks[last].end).copyMemory(from: source, byteCount: taken)
      chunks[last].end += taken
      count += taken
      rest = UnsafeRawBufferPointer(rebasing: rest[taken...])
    }
  }

  /// Lends the first bytes, as many as fit into one write. Their memory stays until `drop`.
  func withFirst<Result>(_ body: (UnsafeMutableBufferPointer<uv_buf_t>, _ bytes: Int) -> Result) -> Result {
    withUnsafeTemporaryAllocation(of: uv_buf_t.self, capacity: Self.buffersPerWrite) { buffers in
      let used = min(chunks.count, Self.buffersPerWrite)
      var bytes = 0
      for at in 0..<used {
        let chunk = chunks[at]
        bytes += chunk.end - chunk.start
        let base = (chunk.base + chunk.start).assumingMemoryBound(to: CChar.self)
        buffers.initializeElement(at: at, to: uv_buf_init(base, UInt32(chunk.end - chunk.start)))
      }
      return body(UnsafeMutableBufferPointer(rebasing: buffers[..<used]), bytes)
    }
  }

  /// Forgets the first bytes, which have left.
  mutating func drop(_ bytes: Int) {
    precondition(bytes <= count, "\(bytes) bytes left, but only \(count) were queued")
    count -= bytes
    var rest = bytes
    var done = 0
    while rest > 0 {
      let taken = min(rest, chunks[done].end - chunks[done].start)
      chunks[done].start += taken
      rest -= taken
      guard chunks[done].start == chunks[done].end else { break }
      // The last chunk may have room left: it goes too, so that an empty queue holds no memory.
      pool.give(chunks[done].base)
      done += 1
    }
    chunks.removeFirst(done)
  }

  mutating func removeAll() {
    for chunk in chunks { pool.give(chunk.base) }
    chunks = []
    count = 0
  }
}
