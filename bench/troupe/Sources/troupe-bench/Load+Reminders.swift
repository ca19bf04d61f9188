// Alarms far away, as many as wanted, and others that ring soon.
import Glibc
import Troupe

extension Load {
  private static var wallNow: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
  }

  /// One alarm each for so many entities, due between one and two hours from now.
  func remind(from first: Int, count: Int) async throws {
    let hour: Int64 = 3_600_000
    let start = Self.wallNow + hour
    try await spread(first, count) { cluster, number, _ in
      try await cluster.entity(Alarm.self, "alarm-\(number)").within(.seconds(60)).set(start + Int64(number) * hour / Int64(first + count))
    }
  }

  /// So many a second, set in one go and due at even distances from four seconds on: how late they are.
  func ring(rate: Int, seconds: Int) async throws {
    let count = rate * seconds
    let bell = client.cluster.entity(Bell.self, "bell")
    let start = Self.wallNow + 4_000
    try await spread(0, count, quietly: true) { cluster, number, _ in
      try await cluster.entity(Alarm.self, "soon-\(number)").within(.seconds(60)).set(start + Int64(number * 1_000 / rate))
    }
    var late: [Int64] = []
    while late.count < count {
      try await Task.sleep(for: .milliseconds(100))
      late = try await bell.all()
    }
    let sorted = late.sorted()
    print(
      #"{"rang": \#(sorted.count), "p50_ms": \#(sorted[sorted.count / 2]), "p99_ms": \#(sorted[sorted.count * 99 / 100]), "max_ms": \#(sorted.last!)}"#
    )
  }
}
