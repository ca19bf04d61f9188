// What became of one entry of a batch: AWS answers for each, and a call that succeeds may have taken only some.
import TroupeJSON

public enum EntryOutcome: Hashable, Sendable {
  /// With the id that the service gave it.
  case taken(String)
  /// `isSendersFault`: the same entry will never be taken; otherwise it may be sent again.
  case refused(code: String, message: String, isSendersFault: Bool)

  /// Of EventBridge and Kinesis, which answer in the order of the entries.
  static func inOrder(
    _ answer: JSONObject, _ list: String, id: String, count: Int, passing: Set<String>
  ) throws(AWSError) -> [EntryOutcome] {
    guard case .array(let entries)? = answer[list], entries.count == count else {
      throw .unreadable("an answer for another number of entries")
    }
    return entries.map { entry in
      guard case .object(let object) = entry else { return .refused(code: "Unreadable", message: "", isSendersFault: false) }
      if case .string(let id)? = object[id] { return .taken(id) }
      let code = text(object["ErrorCode"])
      return .refused(code: code, message: text(object["ErrorMessage"]), isSendersFault: !passing.contains(code))
    }
  }

  static func text(_ value: JSONValue?) -> String {
    if case .string(let text)? = value { text } else { "" }
  }
}
