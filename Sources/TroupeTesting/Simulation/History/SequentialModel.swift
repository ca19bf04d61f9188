// What a thing does when one client after the other uses it: the yardstick of linearizability.

/// A state machine that says which results are possible.
public protocol SequentialModel {
  associatedtype State: Hashable
  static var initial: State { get }
  /// The state behind the operation; nil when it cannot have had its result in `state`. An unknown result is possible in any.
  static func state(after operation: Operation, in state: State) -> State?
}

/// A register: "write" puts a value in and answers what was there, "read" answers what is there. Nothing written yet reads as 0.
public enum RegisterModel: SequentialModel {
  public static var initial: Int { 0 }

  public static func state(after operation: Operation, in state: Int) -> Int? {
    if operation.end == .ok, operation.result != [state] { return nil }
    return operation.name == "write" ? operation.argument : state
  }
}
