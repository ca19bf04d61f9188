// What the macros refuse, and what they say. The sentence is the interface: a user reads it in their editor.
import Testing

@testable import TroupeMacros

struct RefusedTests {
  @Test(arguments: [
    ("@Command func f<T>(_ x: T) {}", "cannot be generic"),
    ("@Command func f(_ x: some Sendable) {}", "name a concrete @Wire type"),
    ("@Command func f(_ x: any Sendable) {}", "name a concrete @Wire type"),
    ("@Query func f() -> some Sequence<Int> {}", "name a concrete @Wire type"),
    ("@Command func f() -> AsyncStream<Int> {}", "so it is a @Query"),
    ("@Query func f() async -> some AsyncSequence<Int, Never> {}", "it only opens it"),
    ("@Query func f() throws(Failure) -> any AsyncSequence<Int, any Error> {}", "throws plainly"),
    ("@Query func f() -> AsyncStream<(Int, Int)> {}", "a tuple cannot grow"),
    ("@Command func tell() {}", "every Ref offers already"),
    ("@Command func f(_ x: inout Int) {}", "'inout'"),
    ("@Command func f(_ x: @Sendable () -> Void) {}", "a closure cannot travel"),
    ("@Command func f(_ x: () -> Void) {}", "a closure cannot travel"),
    ("@Command func f(_ x: Int...) {}", "variadic"),
    ("@Command func f(_ x: isolated Other) {}", "'isolated'"),
    ("@Command func f(_ x: Int!) {}", "write '?' instead of '!'"),
    ("@Command func f(_ x: (Int, Int)) {}", "a tuple cannot grow"),
    ("@Query func f() -> (Int, Int) {}", "a tuple cannot grow"),
    ("@Command static func f() {}", "instance method"),
    ("@Query nonisolated func f() {}", "instance method"),
    ("@Command @Query func f() {}", "not both"),
    ("@MainActor @Command func f() {}", "global actor"),
    ("@Command func delete() {}", "every Ref offers already"),
    ("@Command func f(_ g: Int) rethrows {}", "cannot rethrow"),
    ("@Command func f(_ x: Int) {}\n@Command func f(_ x: String) {}", "'f' stands twice"),
    ("@Command func g() {}\n@Command @Was(\"g\") func f() {}", "'g' stands twice"),
    ("@Command @Was(name) func f() {}", "plain string literal"),
    ("@Was(\"g\") func f() {}", "this is neither"),
    ("#if DEBUG\n@Command func f() {}\n#endif", "#if cannot"),
    ("#if DEBUG\ninit() {}\n#endif", "#if cannot"),
    ("struct Inner { @Command func f() {} }", "no effect outside"),
    ("@Command var x = 1", "stands on a method"),
  ])
  func methods(member: String, says: String) {
    let found = complaints("@Entity(\"cart\") public actor Cart {\n\(member)\n}")
    #expect(found.contains { $0.contains(says) }, "\(found)")
  }

  @Test(arguments: [
    ("@Entity(\"cart\") class Cart {}", "stands on an actor"),
    ("@Entity(\"cart\") actor Cart<T> {}", "cannot be generic"),
    ("@Entity(\"Cart\") actor Cart {}", "a kind is"),
    ("@Entity(\"\") actor Cart {}", "a kind is"),
    ("@Entity(name) actor Cart {}", "plain string literal"),
    ("@Entity(\"c\\(1)\") actor Cart {}", "plain string literal"),
    ("extension Cart { @Query func f() {} }", "no effect outside"),
    ("actor Cart { @Command func f() {} }", "no effect outside"),
    ("@Command func f() {}", "no effect outside"),
    ("@Wire class C {}", "a value, not a thing"),
    ("@Wire actor A {}", "a value, not a thing"),
    ("@Wire struct S<T> { var x: T }", "cannot be generic"),
    ("@Wire enum E<T> { case x(T) }", "cannot be generic"),
    ("@Wire enum E {}", "needs a case"),
    ("@Wire struct S { let x = 3 }", "'x' cannot be read back"),
    ("@Wire struct S { lazy var x = 3 }", "'x' cannot be read back"),
    ("@Wire struct S { @Wrapped var x = 3 }", "'x' cannot be read back"),
    ("@Wire struct S { var (a, b) = (1, 2) }", "not as a tuple"),
    ("@Wire struct S {\n#if DEBUG\nvar x = 1\n#endif\n}", "#if cannot"),
  ])
  func declarations(source: String, says: String) {
    let found = complaints(source)
    #expect(found.contains { $0.contains(says) }, "\(found)")
  }

  @Test func asyncCommandsOfDurableEntities() {
    func found(_ inherited: String, _ method: String) -> [String] { complaints("@Entity(\"cart\") actor Cart\(inherited) { \(method) }") }
    for inherited in [": EventSourced", ": Troupe.EventSourced"] {
      let says = found(inherited, "@Command func f() async {}")
      #expect(says.count == 1 && says[0].contains("decides alone, in one turn"), "\(says)")
      #expect(found(inherited, "@Query func f() async {}").isEmpty)
    }
    #expect(found("", "@Command func f() async {}").isEmpty)
  }

  @Test func whatIsNotMarkedIsNotLookedAt() {
    let unmarked = """
      public func f<T>(_ x: T) {}
      public nonisolated func g(_ x: () -> Void) {}
      func f(_ x: Int...) async -> some Sendable { 1 }
      #if DEBUG
      func dump() {}
      #endif
      """
    #expect(complaints("@Entity(\"cart\") actor Cart: EventSourced {\n\(unmarked)\n}").isEmpty)
  }

  @Test func everyFaultIsNamedAtOnce() {
    #expect(complaints("@Entity(\"cart\") actor Cart { @Command func f<T>(_ x: inout T, _ y: () -> Void) {} }").count == 3)
  }
}
