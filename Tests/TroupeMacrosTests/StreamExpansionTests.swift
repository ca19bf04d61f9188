// What `@Entity` writes for methods that return a sequence: only the parts that differ from other methods.
import Testing

@testable import TroupeMacros

struct StreamExpansionTests {
  private let text = expanded(
    """
    @Entity("feed") actor Feed {
      @Query func posts(after last: Int) -> AsyncStream<Post> { fatalError() }
      @Query func numbers() throws -> some AsyncSequence<Int, any Error> & Sendable { fatalError() }
    }
    """)

  @Test func theRefReturnsAStreamAtOnce() {
    #expect(text.contains("func posts(after last: Int) -> EntityStream<Post, Target.Failure> {"))
    #expect(text.contains("func numbers() -> EntityStream<Int, Target.Failure> {"))
    #expect(text.contains("stream(0xdacf2ff900708510) { (writer: inout Writer) in"))
    #expect(!text.contains("Tell"), "a stream is no command")
  }

  @Test func theDispatcherHandsTheSequenceOver() {
    #expect(text.contains("return entity.openStream(entity.posts(after: last))"))
    #expect(text.contains("return entity.openStream(try entity.numbers())"))
    #expect(text.contains("return try Outcome.failure(error, as: Failure.self, to: &reply)"))
  }

  @Test func theContractNamesTheElement() {
    #expect(text.contains("result: types.describe(Post.self), failure: .never, isStream: true)"))
    #expect(text.contains("result: types.describe(Int.self), failure: types.describe(Failure.self), isStream: true)"))
  }
}
