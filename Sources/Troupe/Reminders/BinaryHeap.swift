// A heap of values: the first is before all others.

struct BinaryHeap<Element> {
  private var elements: [Element] = []
  private let isBefore: (Element, Element) -> Bool

  init(isBefore: @escaping (Element, Element) -> Bool) { self.isBefore = isBefore }

  var count: Int { elements.count }
  var first: Element? { elements.first }

  mutating func insert(_ element: Element) {
    elements.append(element)
    rise(from: elements.count - 1)
  }

  mutating func removeFirst() -> Element {
    elements.swapAt(0, elements.count - 1)
    let first = elements.removeLast()
    sink(from: 0)
    return first
  }

  mutating func removeAll(where isUnwanted: (Element) -> Bool) {
    elements.removeAll(where: isUnwanted)
    for slot in stride(from: elements.count / 2 - 1, through: 0, by: -1) { sink(from: slot) }
  }

  private mutating func rise(from start: Int) {
    var slot = start
    while slot > 0, isBefore(elements[slot], elements[(slot - 1) / 2]) {
      elements.swapAt(slot, (slot - 1) / 2)
      slot = (slot - 1) / 2
    }
  }

  private mutating func sink(from start: Int) {
    var slot = start
    while true {
      var least = slot
      for child in [2 * slot + 1, 2 * slot + 2] where child < elements.count && isBefore(elements[child], elements[least]) { least = child }
      guard least != slot else { return }
      elements.swapAt(slot, least)
      slot = least
    }
  }
}
