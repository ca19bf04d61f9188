// One entity as it is written on the command line: its kind, a slash, its id.

import ArgumentParser

struct EntityAddress: Hashable, Sendable, ExpressibleByArgument {
  let kind: String
  /// May hold slashes of its own.
  let id: String

  init?(argument: String) {
    guard let slash = argument.firstIndex(of: "/") else { return nil }
    kind = String(argument[..<slash])
    id = String(argument[argument.index(after: slash)...])
    guard !kind.isEmpty, !id.isEmpty else { return nil }
  }

  var description: String { "\(kind)/\(id)" }
}
