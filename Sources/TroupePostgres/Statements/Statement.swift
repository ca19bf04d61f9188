// A statement as a session prepares it: once a connection, by name.

struct Statement: Hashable, Sendable {
  let name: String
  let sql: String

  static func == (left: Self, right: Self) -> Bool { left.name == right.name }
  func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

/// A statement with its parameters.
struct Query: Sendable {
  let statement: Statement
  let parameters: Parameters

  init(_ statement: Statement, _ fill: (inout Parameters) -> Void = { _ in }) {
    self.statement = statement
    var parameters = Parameters()
    fill(&parameters)
    self.parameters = parameters
  }
}
