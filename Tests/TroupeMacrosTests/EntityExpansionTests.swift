// Whole expansions of `@Entity`, read as text.
import Testing

@testable import TroupeMacros

struct EntityExpansionTests {
  @Test func aVolatileEntity() {
    expectExpansion(
      """
      @Entity("lamp") public actor Lamp {
        private var isOn = false
        /// Turns the light on, or off.
        @Command func turn(on: Bool = true) throws -> Bool { isOn = on; return isOn }
        @Query func watch(for reply: Duration?) async -> Bool { isOn }
        func helper() {}
      }
      """,
      """
      public actor Lamp {
        private var isOn = false
        /// Turns the light on, or off.
        func turn(on: Bool = true) throws -> Bool { isOn = on; return isOn }
        func watch(for reply: Duration?) async -> Bool { isOn }
        func helper() {}

        public static let kind: String = "lamp"

        public nonisolated let context: EntityContext

        public nonisolated var unownedExecutor: UnownedSerialExecutor {
          context.executor
        }

        public init(context: EntityContext) {
          self.context = context
        }

        public struct Ref: EntityRef {
          public typealias Target = Lamp
          public var target: RefTarget
          public init(_ target: RefTarget) {
            self.target = target
          }
          /// Turns the light on, or off.
          public nonisolated(nonsending) func turn(on: Bool = true) async throws -> Bool {
            try await invoke(0xb8c5f0b48a7d37ac, isQuery: false, failure: Target.Failure.self) { (writer: inout Writer) in
              writer.write(on)
            } local: { (entity: isolated Lamp) in
              try entity.turn(on: on)
            }
          }
          public nonisolated(nonsending) func watch(for replyValue: Duration?) async throws -> Bool {
            try await invokeAsync(0x890be6ca72a98c46, isQuery: true, failure: Never.self) { (writer: inout Writer) in
              writer.write(replyValue)
            } local: { (entity: isolated Lamp) in
              await entity.watch(for: replyValue)
            }
          }
          public var tell: Tell {
            Tell(target)
          }
          public struct Tell: EntityTell {
            public typealias Target = Lamp
            public let target: RefTarget
            public init(_ target: RefTarget) {
              self.target = target
            }
            /// Turns the light on, or off.
            public func turn(on: Bool = true) {
              tell(0xb8c5f0b48a7d37ac) { (writer: inout Writer) in
                writer.write(on)
              }
            }
          }
        }

        public static func contract(in types: inout TypeTable) -> [MethodContract] {
          [
            MethodContract(
              id: 0xb8c5f0b48a7d37ac, name: "turn", signature: "turn(on:)", isQuery: false, isAsync: false,
              parameters: [types.field("on", Bool.self, default: true)],
              result: types.describe(Bool.self), failure: types.describe(Failure.self)),
            MethodContract(
              id: 0x890be6ca72a98c46, name: "watch", signature: "watch(for:)", isQuery: true, isAsync: true,
              parameters: [types.field("reply", Duration?.self, default: nil)],
              result: types.describe(Bool.self), failure: .never)
          ]
        }

        public static func isQuery(_ method: UInt64) -> Bool? {
          switch method {
          case 0x890be6ca72a98c46:
            true
          case 0xb8c5f0b48a7d37ac:
            false
          default:
            nil
          }
        }

        public static func dispatch(
          _ method: UInt64, _ arguments: inout Reader, reply: inout Writer, on entity: isolated Lamp
        ) throws -> Outcome {
          switch method {
          case 0xb8c5f0b48a7d37ac:  // turn(on:)
            let on: Bool = try arguments.read(or: true)
            do {
              let result = try entity.turn(on: on)
              reply.write(result)
              return .value
            } catch {
              return try Outcome.failure(error, as: Failure.self, to: &reply)
            }
          case 0x890be6ca72a98c46:
            return .suspends
          default:
            throw DispatchError.unknownMethod(method)
          }
        }

        public static func dispatchAsync(
          _ method: UInt64, _ arguments: inout Reader, reply: inout Writer, on entity: isolated Lamp
        ) async throws -> Outcome {
          switch method {
          case 0x890be6ca72a98c46:  // watch(for:)
            let replyValue: Duration? = try arguments.read(or: nil)
            let result = await entity.watch(for: replyValue)
            reply.write(result)
            return .value
          default:
            throw DispatchError.unknownMethod(method)
          }
        }
      }

      extension Lamp: Entity, ContextInitializable {
      }
      """)
  }

  @Test func aDurableEntity() {
    expectExpansion(
      """
      @Entity("cart") actor Cart: EventSourced {
        @Command @Was("put") func add(_ sku: SKU) throws(Full) { emit(.added(sku)) }
      }
      """,
      """
      actor Cart: EventSourced {
        func add(_ sku: SKU) throws(Full) { emit(.added(sku)) }

        static let kind: String = "cart"

        nonisolated let context: EntityContext

        nonisolated var unownedExecutor: UnownedSerialExecutor {
          context.executor
        }

        init(context: EntityContext) {
          self.context = context
        }

        let turn = Turn<Event>()

        private(set) var state = State()

        static func initialState() -> State {
          State()
        }

        func emit(_ event: Event) {
          guard turn.record(event) else {
            return
          }
          Self.apply(event, to: &state)
        }

        static func apply(_ event: Event, to state: inout State) {
          state.apply(event)
        }

        static func restore(_ state: State, on entity: isolated Cart) {
          entity.state = state
        }

        struct Ref: EntityRef {
          typealias Target = Cart
          var target: RefTarget
          init(_ target: RefTarget) {
            self.target = target
          }
          nonisolated(nonsending) func add(_ sku: SKU) async throws {
            try await invoke(0xb9eaedd8e8e3b370, isQuery: false, failure: Full.self) { (writer: inout Writer) in
              writer.write(sku)
            } local: { (entity: isolated Cart) in
              try entity.add(sku)
            }
          }
          var tell: Tell {
            Tell(target)
          }
          struct Tell: EntityTell {
            typealias Target = Cart
            let target: RefTarget
            init(_ target: RefTarget) {
              self.target = target
            }
            func add(_ sku: SKU) {
              tell(0xb9eaedd8e8e3b370) { (writer: inout Writer) in
                writer.write(sku)
              }
            }
          }
        }

        static func contract(in types: inout TypeTable) -> [MethodContract] {
          [
            MethodContract(
              id: 0xb9eaedd8e8e3b370, name: "add", signature: "add(_:)", isQuery: false, isAsync: false,
              parameters: [types.field("sku", SKU.self)],
              result: .nothing, failure: types.describe(Full.self))
          ]
        }

        static func isQuery(_ method: UInt64) -> Bool? {
          switch method {
          case 0xb9eaedd8e8e3b370:
            false
          default:
            nil
          }
        }

        static func dispatch(
          _ method: UInt64, _ arguments: inout Reader, reply: inout Writer, on entity: isolated Cart
        ) throws -> Outcome {
          switch method {
          case 0xb9eaedd8e8e3b370:  // add(_:)
            let sku: SKU = try arguments.read(required: "add.sku")
            do throws(Full) {
              try entity.add(sku)
              return .value
            } catch {
              reply.write(error)
              return .failure
            }
          default:
            throw DispatchError.unknownMethod(method)
          }
        }

        static func dispatchAsync(
          _ method: UInt64, _ arguments: inout Reader, reply: inout Writer, on entity: isolated Cart
        ) async throws -> Outcome {
          throw DispatchError.unknownMethod(method)
        }
      }

      extension Cart: Entity, ContextInitializable {
      }
      """)
  }

  @Test func whatTheAuthorWroteIsNotGenerated() {
    expectExpansion(
      """
      @Entity("tally") actor Tally: EventSourced {
        private(set) var state = Count(5)
        init(context: EntityContext, clock: Clock) { self.context = context }
        static func apply(_ event: Int, to state: inout Count) { state.value += event }
      }
      """,
      """
      actor Tally: EventSourced {
        private(set) var state = Count(5)
        init(context: EntityContext, clock: Clock) { self.context = context }
        static func apply(_ event: Int, to state: inout Count) { state.value += event }

        static let kind: String = "tally"

        nonisolated let context: EntityContext

        nonisolated var unownedExecutor: UnownedSerialExecutor {
          context.executor
        }

        let turn = Turn<Event>()

        static func initialState() -> State {
          Count(5)
        }

        func emit(_ event: Event) {
          guard turn.record(event) else {
            return
          }
          Self.apply(event, to: &state)
        }

        static func restore(_ state: State, on entity: isolated Tally) {
          entity.state = state
        }

        struct Ref: EntityRef {
          typealias Target = Tally
          var target: RefTarget
          init(_ target: RefTarget) {
            self.target = target
          }

        }

        static func contract(in types: inout TypeTable) -> [MethodContract] {
          []
        }

        static func isQuery(_ method: UInt64) -> Bool? {
          nil
        }

        static func dispatch(
          _ method: UInt64, _ arguments: inout Reader, reply: inout Writer, on entity: isolated Tally
        ) throws -> Outcome {
          throw DispatchError.unknownMethod(method)
        }

        static func dispatchAsync(
          _ method: UInt64, _ arguments: inout Reader, reply: inout Writer, on entity: isolated Tally
        ) async throws -> Outcome {
          throw DispatchError.unknownMethod(method)
        }
      }

      extension Tally: Entity {
      }
      """)
  }
}
