// The front door: what a user writes on actors, their methods and the values that travel. The macros themselves are in
// `TroupeMacros`; what they write calls only what `Entity`, `EntityRef` and `TroupeWire` declare.

/// Makes an actor an entity of the kind that is named: 1 to 63 of a-z, 0-9 and '-', fixed for ever, as it stands on the wire
/// and in the store.
///
///     @Entity("lamp")
///     public actor Lamp {
///       private var isOn = false
///       @Command func press() -> Bool { isOn.toggle(); return isOn }
///       @Query func glows() -> Bool { isOn }
///     }
///
/// The macro writes the executor plumbing, `context`, `init(context:)` where the author wrote no initialiser, the typed
/// `Lamp.Ref`, the contract and the dispatchers. An initialiser of the author's own must set `context`.
///
/// On an actor that says `: EventSourced` it also writes `state` (unless the author declared it) and `emit(_:)`; the nested
/// `State` then needs `init()` and `mutating func apply(_ event: Event)`, and commands cannot be `async`.
///
/// Only methods marked `@Command` or `@Query` in the actor's own braces can be called through a `Ref`, whatever their access;
/// extensions are not seen.
@attached(
  member,
  names: named(kind), named(context), named(unownedExecutor), named(init), named(turn), named(state), named(initialState), named(emit),
  named(apply), named(restore), named(Ref), named(contract), named(isQuery), named(dispatch), named(dispatchAsync))
@attached(extension, conformances: Entity, ContextInitializable)
public macro Entity(_ kind: String) = #externalMacro(module: "TroupeMacros", type: "EntityMacro")

/// Opens a method to calls; it may change the entity. One command runs at a time, and it takes effect at most once.
///
/// The method's name without labels is its name on the wire, so names may not be overloaded. Parameters evolve by appending
/// ones that are optional or have a default value.
@attached(peer)
public macro Command() = #externalMacro(module: "TroupeMacros", type: "CommandMacro")

/// Opens a method that changes nothing: it may be retried freely, and may run while an async command is suspended.
@attached(peer)
public macro Query() = #externalMacro(module: "TroupeMacros", type: "QueryMacro")

/// Keeps the name that a renamed command or query has on the wire, so that callers of the old version still reach it.
@attached(peer)
public macro Was(_ name: String) = #externalMacro(module: "TroupeMacros", type: "WasMacro")

/// Gives a struct or an enum its form as bytes: `init(from:)`, `write(to:)` and `describe(in:)`.
///
/// Fields stand in the order of their declaration, cases under their place among the cases. To evolve a type, append fields
/// that are optional or have a default, and append cases; nothing may be reordered, removed or change its type.
@attached(extension, conformances: Wire, names: named(init(from:)), named(write(to:)), named(describe(in:)))
public macro Wire() = #externalMacro(module: "TroupeMacros", type: "WireMacro")
