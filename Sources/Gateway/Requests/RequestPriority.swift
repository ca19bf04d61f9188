// Requests that have time, in the words of RFC 9218 (Extensible Prioritization Scheme): urgency 7 is that of background work.

import HTTPTypes

extension HTTPFields {
  /// Whether whoever asks gives way to others. As the RFC wants it, what cannot be read counts as not said.
  var isBackground: Bool {
    guard let said = self[.priority] else { return false }
    let urgency = said.split(separator: ",").map { $0.filter { $0 != " " && $0 != "\t" } }.last { $0.hasPrefix("u=") }
    return urgency == "u=7" || urgency?.hasPrefix("u=7;") == true
  }
}
