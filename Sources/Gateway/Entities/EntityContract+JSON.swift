// Contracts as JSON, for people and for programs that build on the JSON door.

import Troupe
import TroupeJSON

extension EntityContract {
  var json: JSONValue {
    var types = JSONObject()
    for (name, type) in self.types.sorted(by: { $0.key < $1.key }) { types.append(name, type.json(self)) }
    return [
      "kind": .string(kind),
      "durable": .bool(isDurable),
      "methods": .array(methods.map { $0.json(self) }),
      "types": .object(types),
    ]
  }
}

extension MethodContract {
  func json(_ contract: EntityContract) -> JSONValue {
    [
      "name": .string(name),
      "signature": .string(signature),
      "query": .bool(isQuery), "stream": .bool(isStream),
      "parameters": .array(parameters.map { $0.json(contract) }),
      "result": .string(result.description),
      "failure": .string(failure.description),
    ]
  }
}

extension FieldContract {
  func json(_ contract: EntityContract) -> JSONValue {
    var field: JSONObject = ["name": .string(name), "type": .string(type.description), "required": .bool(missing == nil)]
    if let missing, let value = try? JSONTranscoder(types: contract.types).value(from: missing, as: type) {
      field.append("default", value)
    }
    return .object(field)
  }
}

extension TypeContract {
  func json(_ contract: EntityContract) -> JSONValue {
    switch self {
    case .structure(let fields): ["fields": .array(fields.map { $0.json(contract) })]
    case .enumeration(let cases):
      ["cases": .array(cases.map { ["name": .string($0.name), "values": .array($0.fields.map { $0.json(contract) })] })]
    }
  }
}
