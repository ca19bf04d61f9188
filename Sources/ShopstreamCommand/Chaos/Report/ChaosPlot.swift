// One plot as SVG text: lines over time, and what was done to the cluster as marks. Pure.

import Foundation

struct ChaosPlot {
  struct Line {
    var name: String
    /// Of the style sheet: its colour.
    var style: String
    /// A step each; nil where there is nothing to show.
    var values: [Double?]
  }

  private static let (width, height) = (960.0, 240.0)
  private static let (left, right, top, bottom) = (64.0, 12.0, 34.0, 28.0)
  /// More marks than this carry their number alone.
  private static let namedMarks = 6

  var title: String
  var unit: String
  var lines: [Line]
  var stepSeconds: Double
  var faults: [ChaosReport.Fault]
  /// Latencies span four powers of ten.
  var isLogarithmic = false

  private var seconds: Double { max(1, stepSeconds * Double(lines.map(\.values.count).max() ?? 1)) }

  /// What the axis shows, from its lower end to its upper.
  private var range: ClosedRange<Double> {
    let values = lines.flatMap { $0.values.compactMap(\.self) }
    let highest = values.max() ?? 1
    guard isLogarithmic else { return 0...Self.round(up: max(1, highest)) }
    let lowest = max(0.01, values.filter { $0 > 0 }.min() ?? 1)
    let (low, high) = (pow(10, floor(log10(lowest))), pow(10, ceil(log10(max(highest, lowest * 1.01)))))
    return low...max(high, low * 10)
  }

  var svg: String {
    let range = range
    var parts = [
      """
      <svg viewBox="0 0 \(Int(Self.width)) \(Int(Self.height))" role="img" aria-label="\(HTMLText.escaped("\(title), \(unit)"))">
      """
    ]
    parts += axis(range) + faults.enumerated().map { mark($1, number: $0 + 1) } + lines.map { path($0, range) } + legend()
    return (parts + ["</svg>"]).joined(separator: "\n")
  }

  // MARK: Parts

  private func x(_ second: Double) -> Double { Self.left + min(max(0, second / seconds), 1) * (Self.width - Self.left - Self.right) }

  private func y(_ value: Double, _ range: ClosedRange<Double>) -> Double {
    let value = min(max(value, range.lowerBound), range.upperBound)
    let share =
      isLogarithmic
      ? log10(value / range.lowerBound) / log10(range.upperBound / range.lowerBound)
      : (value - range.lowerBound) / (range.upperBound - range.lowerBound)
    return Self.height - Self.bottom - share * (Self.height - Self.top - Self.bottom)
  }

  private func axis(_ range: ClosedRange<Double>) -> [String] {
    var parts: [String] = []
    for value in ticks(range) {
      let y = Self.number(y(value, range))
      parts.append("<line class=\"grid\" x1=\"\(Int(Self.left))\" x2=\"\(Int(Self.width - Self.right))\" y1=\"\(y)\" y2=\"\(y)\"/>")
      parts.append("<text class=\"tick\" text-anchor=\"end\" x=\"\(Int(Self.left) - 6)\" y=\"\(y)\" dy=\"4\">\(Self.number(value))</text>")
    }
    let step = Self.round(up: seconds / 8)
    for second in stride(from: 0, through: seconds, by: step) {
      let x = Self.number(x(second))
      parts.append("<text class=\"tick\" text-anchor=\"middle\" x=\"\(x)\" y=\"\(Int(Self.height) - 8)\">\(Self.number(second)) s</text>")
    }
    return parts
  }

  private func ticks(_ range: ClosedRange<Double>) -> [Double] {
    guard isLogarithmic else { return (0...4).map { range.upperBound * Double($0) / 4 } }
    return (0...Int(log10(range.upperBound / range.lowerBound).rounded())).map { range.lowerBound * pow(10, Double($0)) }
  }

  /// A band from the fault to the recovery, a line at its beginning, and its name.
  private func mark(_ fault: ChaosReport.Fault, number: Int) -> String {
    let (from, to) = (x(fault.at), x(fault.until ?? seconds))
    let name = HTMLText.escaped(faults.count > Self.namedMarks ? "\(number)" : "\(number) \(fault.what)")
    let isLate = from > Self.width * 0.6
    let (top, base) = (Int(Self.top), Int(Self.height - Self.bottom))
    return """
      <g><title>\(HTMLText.escaped(fault.what)) at \(Self.number(fault.at)) s</title>
      <rect class="fault" x="\(Self.number(from))" y="\(top)" width="\(Self.number(max(1, to - from)))" height="\(base - top)"/>
      <line class="mark" x1="\(Self.number(from))" x2="\(Self.number(from))" y1="\(top)" y2="\(base)"/>
      <text class="mark" text-anchor="\(isLate ? "end" : "start")" x="\(Self.number(from + (isLate ? -4 : 4)))" \
      y="\(top + 12 + (number - 1) % 4 * 14)">\(name)</text></g>
      """
  }

  /// Broken where there is nothing.
  private func path(_ line: Line, _ range: ClosedRange<Double>) -> String {
    var words: [String] = []
    var isDrawing = false
    for (step, value) in line.values.enumerated() {
      guard let value else {
        isDrawing = false
        continue
      }
      words.append("\(isDrawing ? "L" : "M")\(Self.number(x((Double(step) + 0.5) * stepSeconds))) \(Self.number(y(value, range)))")
      isDrawing = true
    }
    return "<path class=\"line \(line.style)\" d=\"\(words.joined(separator: " "))\"/>"
  }

  private func legend() -> [String] {
    let unit = "<tspan class=\"tick\">\(HTMLText.escaped(unit))</tspan>"
    var parts = ["<text class=\"title\" x=\"\(Int(Self.left))\" y=\"16\">\(HTMLText.escaped(title)) \(unit)</text>"]
    var x = Self.width - Self.right
    for line in lines.reversed() {
      parts.append(
        "<text class=\"key \(line.style)\" text-anchor=\"end\" x=\"\(Self.number(x))\" y=\"16\">\(HTMLText.escaped(line.name))</text>")
      x -= 16 + 7.5 * Double(line.name.count)
    }
    return parts
  }

  // MARK: Numbers

  /// The next of 1, 2, 5, 10, 20 …
  private static func round(up value: Double) -> Double {
    let power = pow(10, floor(log10(value)))
    return ([1, 2, 5, 10].first { $0 * power >= value * 0.999 } ?? 10) * power
  }

  /// Without digits that nobody needs.
  static func number(_ value: Double) -> String {
    let text = String(value.rounded(to: value < 1 ? 1_000 : 100))
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}
