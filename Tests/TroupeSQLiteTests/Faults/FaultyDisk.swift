// A folder on a disk that fails where a test says. SQLite's files in it are read and written by `FaultyVFS` through here: the real files hold
// what programs see, this holds what a loss of power leaves of them. Names are the folder's own matter, as in POSIX: a file that was made
// or deleted is so for sure once the folder was synced, and they become so in order.
import Foundation
import Synchronization

final class FaultyDisk: Sendable {
  let folder: String
  private let state: Mutex<State>

  private struct State {
    var files: [DiskFile] = []
    /// Syncs that failed, by file. Everyone who has it open is told of each once, as by Linux; who opens it later is not.
    var errors: [Int] = []
    /// By path, as programs see them.
    var names: [String: Int] = [:]
    var durableNames: [String: Int] = [:]
    var unsyncedNames: [(path: String, file: Int?)] = []

    var fault: DiskFault?
    /// Operations of the fault's kinds until it strikes; below zero while it does.
    var left = 0
    var hasStruck = false
    var dice: Dice

    var openFiles = 0
    var waiters: [CheckedContinuation<Void, Never>] = []

    /// Whether the operation fails.
    mutating func strikes(_ operation: DiskFault.Operation) -> Bool {
      guard let fault, fault.counts(operation) else { return false }
      left -= 1
      guard left < 0 else { return false }
      hasStruck = true
      if fault != .powerIsLost, left <= -fault.length { self.fault = nil }
      return true
    }

    var isOut: Bool { fault == .powerIsLost && left < 0 }

    mutating func syncNames() {
      for (path, file) in unsyncedNames { durableNames[path] = file }
      unsyncedNames = []
    }

    mutating func name(_ path: String, _ file: Int?) {
      names[path] = file
      unsyncedNames.append((path, file))
    }
  }

  /// `place`: the operation that fails, from 0.
  init(_ folder: String, _ fault: DiskFault?, at place: Int = 0, seed: UInt64) {
    self.folder = folder
    var state = State(dice: Dice(seed: seed))
    state.fault = fault
    state.left = place
    self.state = Mutex(state)
  }

  var hasStruck: Bool { state.withLock { $0.hasStruck } }
  var isOut: Bool { state.withLock { $0.isOut } }

  /// Nothing fails any more.
  func heal() { state.withLock { if !$0.isOut { $0.fault = nil } } }

  // MARK: For SQLite

  /// Opens a file, by `body` unless the disk refuses. Nil when it did.
  func open(_ path: String, _ body: () -> Int32) -> (file: Int, code: Int32)? {
    state.withLock { state in
      guard !state.isOut else { return nil }
      // What was there before this disk was is durable.
      let before = state.names[path] == nil ? FileManager.default.contents(atPath: path) : nil
      let code = body()
      guard code == 0 else { return (0, code) }
      state.openFiles += 1
      if let known = state.names[path] { return (known, code) }
      state.errors.append(0)
      state.files.append(DiskFile(durable: before.map { [UInt8]($0) } ?? []))
      let file = state.files.count - 1
      state.name(path, file)
      if before != nil { state.durableNames[path] = file }
      return (file, code)
    }
  }

  func read(_ body: () -> Int32) -> Int32? { isOut ? nil : body() }

  /// Changes a file, by `body`, unless the disk refuses: then a part of it may be done.
  func change(_ file: Int, _ change: DiskFile.Change, _ body: (DiskFile.Change) -> Int32) -> Result<Int32, DiskRefusal> {
    state.withLock { state in
      guard !state.isOut else { return .failure(.isOut) }
      let fault = state.fault
      guard state.strikes(.write) else {
        state.files[file].add(change)
        return .success(body(change))
      }
      guard !state.isOut else {
        // The disk may have got it on its way down.
        state.files[file].add(change)
        return .failure(.isOut)
      }
      if case .write(let bytes, let place) = change, Bool.random(using: &state.dice) {
        let part = DiskFile.Change.write(Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &state.dice))), at: place)
        state.files[file].add(part)
        _ = body(part)
      }
      return .failure(fault == .diskIsFull ? .isFull : .failed)
    }
  }

  /// False when it failed. `told`: the failures that whoever syncs knows of.
  func sync(_ file: Int, withFolder: Bool, told: inout Int) -> Bool {
    state.withLock { state in
      guard !state.isOut else { return false }
      guard !state.strikes(.sync) else {
        guard !state.isOut else { return false }
        state.files[file].failToSync(&state.dice)
        state.errors[file] += 1
        told = state.errors[file]
        return false
      }
      state.files[file].sync()
      guard told == state.errors[file] else {
        told = state.errors[file]
        return false
      }
      if withFolder { state.syncNames() }
      return true
    }
  }

  func errors(of file: Int) -> Int { state.withLock { $0.errors[file] } }

  /// Nil when the disk refused.
  func delete(_ path: String, withFolder: Bool, _ body: () -> Int32) -> Int32? {
    state.withLock { state in
      guard !state.isOut, !state.strikes(.delete) else { return nil }
      let code = body()
      if code == 0, state.names[path] != nil { state.name(path, nil) }
      if withFolder { state.syncNames() }
      return code
    }
  }

  func closed() {
    let waiters = state.withLock { state in
      state.openFiles -= 1
      guard state.openFiles == 0 else { return [CheckedContinuation<Void, Never>]() }
      defer { state.waiters = [] }
      return state.waiters
    }
    for waiter in waiters { waiter.resume() }
  }

  // MARK: For the test

  /// Returns when SQLite has no file open here.
  func untilClosed() async {
    await withCheckedContinuation { waiter in
      let isClosed = state.withLock { state in
        guard state.openFiles > 0 else { return true }
        state.waiters.append(waiter)
        return false
      }
      if isClosed { waiter.resume() }
    }
  }

  enum End: CaseIterable {
    /// The process is killed now: what it has written is in the kernel's hands.
    case kill
    case powerLoss
  }

  /// Makes a folder that holds what is left at such an end.
  func write(to folder: String, after end: End) throws {
    let image: [(path: String, bytes: [UInt8])] = state.withLock { state in
      if end == .kill {
        return state.names.keys.sorted().compactMap { path in
          FileManager.default.contents(atPath: path).map { (path, [UInt8]($0)) }
        }
      }
      var names = state.durableNames
      for (path, file) in state.unsyncedNames.prefix(Int.random(in: 0...state.unsyncedNames.count, using: &state.dice)) {
        names[path] = file
      }
      return names.sorted { $0.key < $1.key }.map { ($0.key, state.files[$0.value].afterPowerLoss(&state.dice)) }
    }
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for (path, bytes) in image {
      try Data(bytes).write(to: URL(filePath: folder).appending(path: URL(filePath: path).lastPathComponent))
    }
  }
}

enum DiskRefusal: Error { case isOut, failed, isFull }
