// What all links of a loop may hold of messages that are not whole yet.

/// Counts the declared sizes of calls that arrive in chunks. Past the limit further ones are refused before they take memory; answers are
/// not counted, since this side asked for each of them.
public final class MessageBudget {
  public static let limit = 256 << 20

  private let limit: Int
  private(set) var taken = 0

  public init(limit: Int = MessageBudget.limit) { self.limit = limit }

  func take(_ bytes: Int) -> Bool {
    guard taken + bytes <= limit else { return false }
    taken += bytes
    return true
  }

  func give(_ bytes: Int) { taken -= bytes }
}
