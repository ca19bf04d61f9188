// Work that waits for its turn: so many at once, in order, and each that ends lets the next one begin.
import Testing

@testable import Troupe

@Suite struct TurnstileTests {
  @Test func someBeginAtOnceAndTheRestInOrder() {
    let work = Turnstile(limit: 4)
    var begun: [Int] = []
    for number in 0..<100 { work.begin { begun.append(number) } }
    #expect(begun == Array(0..<4))
    for _ in 0..<50 { work.end() }
    #expect(begun == Array(0..<4 + 50))
    for _ in 0..<50 { work.end() }
    #expect(begun == Array(0..<100))
    work.begin { begun.append(100) }
    #expect(begun.last == 100, "all of them have ended, so there is room")
  }

  @Test func oneThatIsNotWantedAnyMoreHandsItsTurnOn() {
    let work = Turnstile(limit: 4)
    var begun: [Int] = []
    for number in 0..<10 { work.begin { number.isMultiple(of: 2) ? begun.append(number) : work.end() } }
    for _ in 0..<10 { work.end() }
    #expect(begun == [0, 2, 4, 6, 8])
  }
}
