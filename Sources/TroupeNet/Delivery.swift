// What travels between loops as one object.

/// Something that another loop hands to a loop, as often as it likes: an object and not a closure, so that one that is used again and
/// again takes no memory on its way.
public protocol Delivery: AnyObject, Sendable {
  /// Runs on the loop that it was delivered to.
  func arrive()
}
