// A message on its way out of the cluster, as a document.

public import Troupe
public import TroupeJSON

public struct SinkMessage: Hashable, Sendable {
  /// The same whenever this message comes: who receives it knows one that came twice.
  public var key: String
  /// Messages of one entity keep their order, where the service keeps any.
  public var entity: String
  /// Of the record that it was made from, as the group's log has it.
  public var offset: Offset
  public var document: JSONObject

  public init(key: String, entity: String, offset: Offset, document: JSONObject) {
    (self.key, self.entity, self.offset, self.document) = (key, entity, offset, document)
  }

  public init<Message: Sendable>(_ delivery: TopicDelivery<Message>, document: JSONObject) {
    self.init(key: delivery.key, entity: delivery.origin.entity, offset: delivery.position.offset, document: document)
  }

  /// The document with the key in it, as `id`: services that know no such thing carry it along.
  var text: String {
    var object: JSONObject = ["id": .string(key)]
    for member in document.members where member.name != "id" { object.append(member.name, member.value) }
    return JSONValue.object(object).text
  }
}
