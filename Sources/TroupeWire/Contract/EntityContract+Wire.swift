// Contracts as bytes, and what they say of themselves: a reader that knows these rules can read the rest of a cluster.

extension MethodContract: Wire {
  public init(from reader: inout Reader) throws(WireError) {
    let end = try reader.enter()
    id = try reader.fixed64()
    name = try reader.read(required: "MethodContract.name")
    signature = try reader.read(required: "MethodContract.signature")
    isQuery = try reader.read(required: "MethodContract.isQuery")
    isAsync = try reader.read(required: "MethodContract.isAsync")
    parameters = try reader.read(required: "MethodContract.parameters")
    result = try reader.read(required: "MethodContract.result")
    failure = try reader.read(required: "MethodContract.failure")
    isStream = try reader.read(or: false)
    reader.leave(end)
  }

  public func write(to writer: inout Writer) {
    writer.body {
      $0.fixed64(id)
      $0.write(name)
      $0.write(signature)
      $0.write(isQuery)
      $0.write(isAsync)
      $0.write(parameters)
      $0.write(result)
      $0.write(failure)
      $0.write(isStream)
    }
  }

  public static func describe(in types: inout TypeTable) -> WireType {
    types.structure("MethodContract", of: Self.self) {
      [
        $0.field("id", Fixed64.self), $0.field("name", String.self), $0.field("signature", String.self),
        $0.field("isQuery", Bool.self), $0.field("isAsync", Bool.self), $0.field("parameters", [FieldContract].self),
        $0.field("result", WireType.self), $0.field("failure", WireType.self),
        $0.field("isStream", Bool.self, default: false),
      ]
    }
  }
}

extension EntityContract: Wire {
  public init(from reader: inout Reader) throws(WireError) {
    let end = try reader.enter()
    kind = try reader.read(required: "EntityContract.kind")
    isDurable = try reader.read(required: "EntityContract.isDurable")
    methods = try reader.read(required: "EntityContract.methods")
    state = try reader.read(or: nil)
    event = try reader.read(or: nil)
    types = try reader.read(or: [:])
    reader.leave(end)
  }

  public func write(to writer: inout Writer) {
    writer.body {
      $0.write(kind)
      $0.write(isDurable)
      $0.write(methods)
      $0.write(state)
      $0.write(event)
      $0.write(types)
    }
  }

  public static func describe(in types: inout TypeTable) -> WireType {
    types.structure("EntityContract", of: Self.self) {
      [
        $0.field("kind", String.self), $0.field("isDurable", Bool.self), $0.field("methods", [MethodContract].self),
        $0.field("state", WireType?.self, default: nil), $0.field("event", WireType?.self, default: nil),
        $0.field("types", [String: TypeContract].self, default: [:]),
      ]
    }
  }
}
