// Collects the named types of one kind while its methods are described.

/// The table that `describe(in:)` and generated contracts fill.
///
/// A type enters itself under its name before its fields are described, so types may contain themselves. Two types of one
/// name (from two modules) are told apart by a number behind the second one's name.
public struct TypeTable {
  public private(set) var types: [String: TypeContract] = [:]
  private var names: [ObjectIdentifier: String] = [:]

  public init() {}

  public mutating func describe<T: Wire>(_: T.Type) -> WireType { T.describe(in: &self) }

  /// A field that every writer writes; an optional one may be missing and is then nil.
  public mutating func field<T: Wire>(_ name: String, _ type: T.Type = T.self) -> FieldContract {
    FieldContract(name: name, type: describe(type))
  }

  public mutating func field<T: Wire>(_ name: String, _ type: T.Type = T.self, default missing: @autoclosure () -> T) -> FieldContract {
    FieldContract(name: name, type: describe(type), missing: missing().wireBytes)
  }

  public mutating func structure<T: Wire>(
    _ name: String, of type: T.Type, _ fields: (inout TypeTable) -> [FieldContract]
  ) -> WireType {
    enter(name, type) { .structure(fields(&$0)) }
  }

  public mutating func enumeration<T: Wire>(
    _ name: String, of type: T.Type, _ cases: (inout TypeTable) -> [CaseContract]
  ) -> WireType {
    enter(name, type) { .enumeration(cases(&$0)) }
  }

  private mutating func enter<T: Wire>(
    _ name: String, _ type: T.Type, _ contract: (inout TypeTable) -> TypeContract
  ) -> WireType {
    if let known = names[ObjectIdentifier(type)] { return .named(known) }
    var unique = name
    var number = 2
    while types[unique] != nil {
      unique = "\(name)~\(number)"
      number += 1
    }
    names[ObjectIdentifier(type)] = unique
    types[unique] = .structure([])  // a place-holder: a type that contains itself finds its name taken
    types[unique] = contract(&self)
    return .named(unique)
  }
}
