// What the peer of a link has declared: by index, whom a call that names it is made for. Finding that is two array look-ups. Pure.

struct IncomingIdentities {
  typealias Declared = Result<CallerIdentity, IdentityRefusal>?

  /// In pages, made when something is declared in them: a peer that begins at the highest index gets no more memory than another.
  private var pages: [[Declared]] = []

  private static let pageSize = 64
  private static let pageCount = (IdentityLimits.indexes + pageSize - 1) / pageSize

  var count: Int { pages.reduce(0) { $0 + $1.count { $0 != nil } } }

  /// Replaces what the index named before. An index that no sender may use ends the link.
  mutating func declare(_ index: UInt16, _ identity: Result<CallerIdentity, IdentityRefusal>) throws(FrameError) {
    guard index < IdentityLimits.indexes else { throw .badIdentity(index) }
    let (page, place) = (Int(index) / Self.pageSize, Int(index) % Self.pageSize)
    if pages.isEmpty { pages = Array(repeating: [], count: Self.pageCount) }
    if pages[page].isEmpty { pages[page] = Array(repeating: nil, count: Self.pageSize) }
    pages[page][place] = identity
  }

  @inline(__always)
  subscript(index: UInt16) -> Declared {
    let (page, place) = (Int(index) / Self.pageSize, Int(index) % Self.pageSize)
    return page < pages.count && place < pages[page].count ? pages[page][place] : nil
  }
}
