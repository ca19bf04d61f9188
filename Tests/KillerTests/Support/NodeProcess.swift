// One life of a node: the program `killednode`, from its start to its end, and what it says meanwhile.
import ChildPrograms
import Foundation
import Killed
import Synchronization

final class NodeProcess: Sendable {
  struct Plan: Sendable {
    var cast: Cast
    var store: String
    var port: Int
    var outside: Int
    var log: String
    /// How long an entity is left alone after one death, seconds.
    var quarantine = 0
  }

  private struct News {
    var isServing = false
    var lastWords: String?
    var counts: [CheckedContinuation<Int?, Never>] = []
    var waitingForServing: [CheckedContinuation<Bool, Never>] = []
    var waitingForEnd: [CheckedContinuation<Void, Never>] = []
    var hasEnded = false
  }

  private static let binary: String = {
    let here = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
    return URL(filePath: here).deletingLastPathComponent().appending(path: "killednode").path(percentEncoded: false)
  }()

  private let program: ChildProgram
  private let input: Descriptor
  private let news: Shared

  private final class Shared: Sendable {
    let news = Mutex(News())
  }

  init(_ plan: Plan, _ order: KillOrder?) throws {
    let (input, output) = (DescriptorPair.pipe(), DescriptorPair.pipe())
    let arguments = [plan.cast.rawValue, plan.store, "\(plan.port)", "\(plan.outside)"] + (order?.words ?? [])
    // Where a node dies of a trap, drawing its stack would take longer than its successor waits.
    program = try ChildProgram(
      "/usr/bin/env", ["SWIFT_BACKTRACE=enable=no", "QUARANTINE=\(plan.quarantine)", Self.binary] + arguments,
      .init(input: input.read, output: output.write, errors: .appending(to: plan.log)))
    self.input = input.write
    input.read.close()
    output.write.close()
    news = Shared()
    Thread.detachNewThread { [news] in
      var rest: [UInt8] = []
      while let bytes = output.read.readSome() {
        rest += bytes
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
          Self.heard(String(decoding: rest[..<end], as: UTF8.self), news)
          rest.removeSubrange(...end)
        }
      }
      Self.ended(news)
    }
  }

  deinit { kill() }

  func kill() { program.signal(SIGKILL) }

  /// What it was about to do, or had done, when it died by order.
  var lastWords: String? { news.news.withLock { $0.lastWords } }

  /// False when it ended before.
  func serves() async -> Bool {
    await withCheckedContinuation { waiter in
      let answer = news.news.withLock { news -> Bool? in
        if news.isServing || news.hasEnded { return news.isServing && !news.hasEnded }
        news.waitingForServing.append(waiter)
        return nil
      }
      if let answer { waiter.resume(returning: answer) }
    }
  }

  func end() async {
    await withCheckedContinuation { waiter in
      let isOver = news.news.withLock { news in
        if !news.hasEnded { news.waitingForEnd.append(waiter) }
        return news.hasEnded
      }
      if isOver { waiter.resume() }
    }
  }

  /// From now on its durable steps count.
  func begin() async { _ = await ask("begin") }
  /// How many there were; nil when it has ended.
  func steps() async -> Int? { await ask("count") }

  private func ask(_ line: String) async -> Int? {
    await withCheckedContinuation { waiter in
      let isOver = news.news.withLock { news in
        if !news.hasEnded { news.counts.append(waiter) }
        return news.hasEnded
      }
      if isOver { waiter.resume(returning: nil) } else { input.write(line + "\n") }
    }
  }

  // MARK: What it says

  private static func heard(_ line: String, _ shared: Shared) {
    let words = line.split(separator: " ").map(String.init)
    switch words.first {
    case "serves":
      let waiters = shared.news.withLock { news in
        news.isServing = true
        defer { news.waitingForServing = [] }
        return news.waitingForServing
      }
      for waiter in waiters { waiter.resume(returning: true) }
    case "count":
      let waiter = shared.news.withLock { $0.counts.isEmpty ? nil : $0.counts.removeFirst() }
      waiter?.resume(returning: words.last.flatMap { Int($0) })
    default: shared.news.withLock { $0.lastWords = words.last }
    }
  }

  private static func ended(_ shared: Shared) {
    let left = shared.news.withLock { news in
      news.hasEnded = true
      defer { (news.counts, news.waitingForServing, news.waitingForEnd) = ([], [], []) }
      return news
    }
    for waiter in left.counts { waiter.resume(returning: nil) }
    for waiter in left.waitingForServing { waiter.resume(returning: false) }
    for waiter in left.waitingForEnd { waiter.resume() }
  }
}
