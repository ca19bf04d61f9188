// An entity that says in whose name it runs, and asks others the same. For the tests of identities.
import Troupe

@Entity("witness")
actor Witness {
  /// Turns that began.
  private var turns = 0

  private var who: String { ([context.caller ?? "nobody"] + context.callerRoles).joined(separator: " ") }

  @Command func say() -> String {
    turns += 1
    return who
  }
  @Command func saySlowly() async -> String {
    turns += 1
    await Task.yield()
    return who
  }
  @Query func count() -> Int { turns }

  /// Who this one takes for its caller, and then whom the next ones do, each called by the one before it.
  @Command func through(_ others: [String]) async throws -> [String] {
    guard let next = others.first else { return [who] }
    return [who] + (try await context.entity(Witness.self, next).through(Array(others.dropFirst())))
  }

  /// What the call to another ended with, made when some time has passed.
  @Command func ask(_ other: String, after seconds: Int) async throws -> String {
    await withCheckedContinuation { waiter in after(.seconds(seconds)) { _ in waiter.resume() } }
    do {
      return try await context.entity(Witness.self, other).say()
    } catch let error as CallError {
      return "\(error.code.rawValue), executed: \(error.executed.rawValue)"
    }
  }

  /// What a call in a name of this one's own making ended with.
  @Command func pretend(toBe name: String, to other: String) async throws -> String {
    do {
      return try await context.entity(Witness.self, other).as(name).say()
    } catch let error as CallError {
      return "\(error.code.rawValue): \(error.message)"
    }
  }
}
