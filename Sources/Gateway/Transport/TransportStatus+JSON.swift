// The report for programs: the fields that travel, under their names. Durations are decimal seconds with a unit, "0.0003s".

import Troupe
import TroupeJSON

extension TransportStatus {
  package func json() throws -> JSONValue {
    var types = TypeTable()
    let type = types.describe(TransportStatus.self)
    return try JSONTranscoder(types: types.types).value(from: wireBytes, as: type)
  }
}
