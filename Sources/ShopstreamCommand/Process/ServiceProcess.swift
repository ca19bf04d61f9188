// The frame of a long-running process: from its start to its report, and from the wish to stop to its end. A node and a
// gateway differ in what they do between.

import ArgumentParser
import Foundation
import Logging

struct ServiceProcess: Sendable {
  let name: String
  let isSupervised: Bool
  let logger: Logger
  private let ends: AsyncStream<End>
  private let end: AsyncStream<End>.Continuation
  private let signals: StopSignals
  private let hangUp: HangUp

  private enum End: Sendable {
    case asked(String, Wish)
    case failed(String)
  }

  /// How a process should stop.
  enum Wish: Sendable {
    /// Giving everything away first: whoever sends SIGTERM wants to replace it.
    case inOrder
    /// At once, but cleanly: Ctrl-C, or its supervisor ends them all.
    case now
    /// As one that failed.
    case failed
  }

  /// From here on signals and the end of the supervisor ask to stop, and a process that will not is ended.
  ///
  /// - Parameter drainLimit: how long stopping in order may take before it stops all the same, seconds; 0 for what has nothing to give.
  init(_ name: String, _ options: ProcessOptions, drainLimit: Int = 0) {
    self.name = name
    isSupervised = options.supervised
    logger = ProcessLog.logger(name, verbose: options.verbose)
    let (stream, continuation) = AsyncStream<End>.makeStream(bufferingPolicy: .bufferingOldest(2))
    (ends, end) = (stream, continuation)
    let hangUp = HangUp()
    self.hangUp = hangUp
    signals = StopSignals { number in
      if number == SIGHUP, hangUp.isWorked() { return }
      let isPatient = number == SIGTERM && drainLimit > 0
      continuation.yield(.asked("signal \(number)", isPatient ? .inOrder : .now))
      Lifeline.endAfterLimit(isPatient ? TimeInterval(drainLimit) : 0)
    }
    if options.supervised { Lifeline.watch { continuation.yield(.asked("its supervisor is gone", .now)) } }
  }

  /// Runs `start`; a refusal is reported to the supervisor or thrown to the terminal.
  func start<T>(_ start: () async throws -> T) async throws -> T {
    do {
      return try await start()
    } catch {
      let sentence = "\(error)".sentence
      logger.error("\(sentence)")
      guard isSupervised else { throw Refusal(sentence) }
      say(ChildReport.failed(sentence: sentence).line)
      throw ExitCode.failure
    }
  }

  func isReady(at addresses: [String]) {
    let news = "\(name) serves on \(addresses.joined(separator: ", "))"
    logger.info("\(news)")
    say(
      isSupervised
        ? ChildReport.ready(addresses: addresses).line : "\(news). Ctrl-C stops it.")
  }

  /// SIGHUP does `work` from now on instead of asking to stop. What it throws is for the log, and has been there already.
  func onHangUp(_ work: @escaping @Sendable () async throws -> Void) {
    hangUp.set { Task { try? await work() } }
  }

  /// The process has lost what it is for, and must end as one that failed: whoever supervises it may start it again.
  func fail(_ reason: String) {
    end.yield(.failed(reason))
    Lifeline.endAfterLimit()
  }

  /// Returns when somebody wants this process to stop, or when it must. Asked again it waits for the next who does.
  func untilItMustStop() async -> Wish {
    for await end in ends {
      switch end {
      case .asked(let reason, let wish):
        logger.info("\(name) \(wish == .inOrder ? "gives everything away and stops" : "stops"): \(reason)")
        return wish
      case .failed(let reason):
        logger.error("\(name) stops: \(reason)")
        return .failed
      }
    }
    return .now
  }

  /// Runs `work`, but no longer than `limit`, and not after somebody else wants this process to stop: who that was, or nil when it came to its
  /// end. When the time is over it is to stop now.
  func patiently(for limit: Duration, _ work: @escaping @Sendable () async -> Void) async -> Wish? {
    let (news, tell) = AsyncStream<Wish?>.makeStream()
    let tasks: [Task<Void, any Error>] = [
      Task {
        await work()
        tell.yield(nil)
      },
      Task {
        try await Task.sleep(for: limit)
        logger.warning("\(name) still has shards when its time to give them away is over")
        tell.yield(.now)
      },
      Task {
        let wish = await untilItMustStop()
        tell.yield(wish)
      },
    ]
    defer { tasks.forEach { $0.cancel() } }
    for await wish in news { return wish }
    return .now
  }

  private func say(_ line: String) {
    var terminal = Terminal(isInteractive: false)
    terminal.say(line)
  }
}
