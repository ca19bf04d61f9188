// Names as numbers: kinds and methods travel under the FNV-1a hash of their names, which macros compute while compiling.

/// The id of a method on the wire: 64-bit FNV-1a of `kind.name`, without the labels, so that a parameter appended with a
/// default value stays the same method for callers of both versions.
public func methodID(kind: String, name: String) -> UInt64 {
  "\(kind).\(name)".utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
}

/// The id of a kind on the wire: 32-bit FNV-1a of its name. A node refuses to register two kinds with one id.
public func kindID(_ kind: String) -> UInt32 {
  kind.utf8.reduce(0x811c_9dc5) { ($0 ^ UInt32($1)) &* 0x0100_0193 }
}
