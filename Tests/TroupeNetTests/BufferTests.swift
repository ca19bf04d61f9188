// The buffers under a connection against the simplest model there is: an array.
import CLibuv
import Testing

@testable import TroupeNet

@Suite struct BufferTests {
  @Test(arguments: 0..<8)
  func inputIsAQueue(seed: Int) {
    var random = SeededRandom(seed: UInt64(seed))
    var buffer = InputBuffer()
    var model: [UInt8] = []
    for _ in 0..<200 {
      switch random.next() % 4 {
      case 0, 1:
        let bytes = (0..<Int(random.next() % 5_000)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        bytes.withUnsafeBytes { buffer.append($0) }
        model += bytes
      case 2:
        let room = buffer.room(for: 100)
        #expect(room.count >= 100)
        for at in 0..<100 { room[at] = UInt8(at) }
        buffer.filled(100)
        model += (0..<100).map { UInt8($0) }
      default:
        let taken = model.isEmpty ? 0 : Int(random.next() % UInt64(model.count + 1))
        buffer.consume(taken)
        model.removeFirst(taken)
      }
      #expect(buffer.count == model.count)
      #expect([UInt8](buffer.bytes) == model)
    }
  }

  @Test(arguments: 0..<10)
  func outputIsAQueue(seed: Int) {
    var random = SeededRandom(seed: UInt64(seed))
    var queue = OutputQueue(ChunkPool())
    var model: [UInt8] = []
    for _ in 0..<60 {
      if random.next() % 2 == 0 {
        let bytes = [UInt8](repeating: UInt8(truncatingIfNeeded: random.next()), count: Int(random.next() % 150_000))
        bytes.withUnsafeBytes { queue.append($0) }
        model += bytes
      } else {
        let first = queue.withFirst { buffers, count in
          let bytes = buffers.flatMap { [UInt8](UnsafeRawBufferPointer(start: $0.base, count: Int($0.len))) }
          #expect(bytes.count == count)
          return bytes
        }
        #expect(model.starts(with: first))
        #expect(!first.isEmpty || model.isEmpty)
        let left = Int(random.next() % UInt64(first.count + 1))
        queue.drop(left)
        model.removeFirst(left)
      }
      #expect(queue.count == model.count)
    }
    queue.removeAll()
    #expect(queue.isEmpty)
  }

  @Test(arguments: 0..<10)
  func timersComeOutInOrder(seed: Int) {
    var random = SeededRandom(seed: UInt64(seed))
    let queue = TimerQueue()
    var timers: [(deadline: Int, number: Int, timer: LoopTimer)] = []
    var fired: [Int] = []
    for number in 0..<400 {
      let deadline = Int(random.next() % 50)
      timers.append((deadline, number, queue.add(at: Instant(nanoseconds: Int64(deadline))) { fired.append(number) }))
    }
    for _ in 0..<150 {
      let at = Int(random.next() % UInt64(timers.count))
      timers.remove(at: at).timer.cancel()
    }
    #expect(queue.count == 250)
    for now in 0..<50 {
      while let work = queue.popDue(at: Instant(nanoseconds: Int64(now))) { work() }
    }
    #expect(queue.count == 0)
    #expect(fired == timers.sorted { ($0.deadline, $0.number) < ($1.deadline, $1.number) }.map(\.number))
  }
}
