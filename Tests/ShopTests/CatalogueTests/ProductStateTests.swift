// What a product lets be done with it, and what it says of its prices.
import ShopMoney
import Testing
import Troupe

@testable import ShopCatalogue

@Suite("Product state") struct ProductStateTests {
  private static let begin = WallTime(milliseconds: 1_767_225_600_000)
  private static let mug = ProductDetails(
    slug: "blue-mug", title: "A blue mug", variants: [Variant(sku: "mug-blue", options: ["size": "L"])])

  /// A product whose first version describes a mug.
  private static func product() throws -> Product.State {
    var state = Product.State()
    try does(&state, state.describing(mug, expecting: 0))
    return state
  }
  private static func does(_ state: inout Product.State, _ event: Product.Event?) throws { if let event { state.apply(event) } }
  private static func price(_ state: inout Product.State, _ minor: Int64, day: Int) throws {
    let event = try state.pricing("mug-blue", in: "eu", Money(minor, .eur), from: begin + .seconds(day * 86_400), expecting: nil)
    try does(&state, event)
  }

  @Test("of two who changed the same version the second hears which one there is now")
  func versions() throws {
    var state = try Self.product()
    #expect(state.version == 1)
    var other = Self.mug
    other.title = "A bluer mug"
    try Self.does(&state, state.describing(other, expecting: 1))
    #expect(throws: Product.Failure.stale(current: 2)) { try state.describing(Self.mug, expecting: 1) }
    #expect(throws: Product.Failure.stale(current: 2)) { try state.offering(SaleWindow(from: Self.begin), expecting: 1) }
    #expect(throws: Product.Failure.stale(current: 2)) { try state.archiving(expecting: 1) }
    #expect(try state.describing(Self.mug, expecting: nil) != nil, "who expects nothing overwrites")
    #expect(try state.describing(other, expecting: 2) == nil, "what is so already changes nothing")
    #expect(throws: Product.Failure.stale(current: 0)) { try Product.State().describing(Self.mug, expecting: 1) }
  }

  @Test("what does not exist has no price and no window, and what is put away takes none")
  func ends() throws {
    let none = Product.State()
    #expect(throws: Product.Failure.unknown) { try none.archiving(expecting: nil) }
    #expect(throws: Product.Failure.unknown) { try none.offering(SaleWindow(from: Self.begin), expecting: nil) }
    #expect(throws: Product.Failure.unknown) { try none.pricing("mug-blue", in: "eu", Money(1, .eur), from: Self.begin, expecting: nil) }
    var state = try Self.product()
    try Self.does(&state, state.offering(SaleWindow(from: Self.begin), expecting: 1))
    #expect(state.canBeBought(at: Self.begin))
    try Self.does(&state, state.archiving(expecting: 2))
    #expect(!state.canBeBought(at: Self.begin))
    #expect(try state.archiving(expecting: 2) == nil, "said twice")
    #expect(throws: Product.Failure.isArchived) { try state.describing(Self.mug, expecting: 3) }
  }

  @Test("it can be bought from the beginning of its window to the instant before its end")
  func window() throws {
    var state = try Self.product()
    let end = Self.begin + .seconds(60)
    #expect(!state.canBeBought(at: Self.begin))
    try Self.does(&state, state.offering(SaleWindow(from: Self.begin, until: end), expecting: 1))
    #expect(!state.canBeBought(at: Self.begin - .milliseconds(1)) && state.canBeBought(at: Self.begin))
    #expect(state.canBeBought(at: end - .milliseconds(1)) && !state.canBeBought(at: end))
    #expect(throws: Product.Failure.self) { try state.offering(SaleWindow(from: end, until: end), expecting: nil) }
  }

  @Test("a price is valid from its instant on, and the lowest of thirty days is the lowest that was valid in them")
  func prices() throws {
    var state = try Self.product()
    for (minor, day) in [(2_000, 0), (1_500, 40), (1_800, 50), (1_900, 60)] as [(Int64, Int)] { try Self.price(&state, minor, day: day) }
    func at(_ day: Int) -> WallTime { Self.begin + .seconds(day * 86_400) }
    #expect(state.price(of: "mug-blue", in: "eu", at: at(45)) == Money(1_500, .eur))
    #expect(state.price(of: "mug-blue", in: "eu", at: at(60)) == Money(1_900, .eur))
    #expect(state.price(of: "mug-blue", in: "us", at: at(60)) == nil && state.price(of: "cup", in: "eu", at: at(60)) == nil)
    #expect(state.lowestPrice(of: "mug-blue", in: "eu", before: at(60)) == Money(1_500, .eur))
    try Self.price(&state, 2_200, day: 85)
    #expect(state.lowestPrice(of: "mug-blue", in: "eu", before: at(85)) == Money(1_800, .eur), "1,500 had ended thirty-five days before")
    #expect(state.prices[PriceKey(sku: "mug-blue", market: "eu")]?.count == 3, "what was valid thirty days ago, and what came after")
  }

  @Test("prices of one market keep their currency, are more than nothing, and are of a variant that there is")
  func refusedPrices() throws {
    var state = try Self.product()
    try Self.price(&state, 2_000, day: 10)
    func refused(_ sku: SKU, _ amount: Money, day: Int = 11) -> Bool {
      do {
        _ = try state.pricing(sku, in: "eu", amount, from: Self.begin + .seconds(day * 86_400), expecting: nil)
        return false
      } catch { return true }
    }
    #expect(refused("mug-blue", Money(2_000, .usd)))
    #expect(refused("mug-blue", Money(0, .eur)) && refused("mug-blue", Money(-1, .eur)))
    #expect(refused("cup", Money(1, .eur)))
    #expect(refused("mug-blue", Money(1, .eur), day: 9), "the newest is valid from a later time")
    #expect(!refused("mug-blue", Money(1, .eur)))
  }

  @Test("a variant that has prices stays")
  func variants() throws {
    var state = try Self.product()
    try Self.price(&state, 2_000, day: 0)
    var other = Self.mug
    other.variants = [Variant(sku: "mug-green")]
    #expect(throws: Product.Failure.self) { try state.describing(other, expecting: nil) }
    other.variants.append(Self.mug.variants[0])
    #expect(try state.describing(other, expecting: nil) != nil)
  }

  @Test("all that is wrong is said at once, each with its place")
  func problems() {
    let wrong = ProductDetails(
      slug: "Blue Mug", title: "", text: String(repeating: "x", count: 20_001),
      variants: [Variant(sku: "a b"), Variant(sku: "a"), Variant(sku: "a")],
      regions: ["DE", "DE", "Germany"])
    #expect(wrong.problems.map(\.pointer) == ["/slug", "/title", "/text", "/variants/0/sku", "/variants/2/sku", "/regions"])
    #expect(Self.mug.problems == [])
    for slug in ["", "-", "a-", "-a", "a--b", "ä", String(repeating: "a", count: 101)] {
      var mug = Self.mug
      mug.slug = slug
      #expect(mug.problems.map(\.pointer) == ["/slug"], "\(slug)")
    }
  }
}
