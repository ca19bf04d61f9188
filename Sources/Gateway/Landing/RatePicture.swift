// Calls a second over the last two minutes, as a line. Its newest point is at the right edge.

struct RatePicture {
  let history: [Double]

  private static let width = 600.0
  private static let height = 80.0

  var svg: HTML {
    guard history.count > 1 else { return "<p class=\"quiet\">The line appears after two seconds.</p>" }
    let peak = Figures.rate(history.max() ?? 0)
    let points = points
    return """
      <svg class="rate" viewBox="0 0 600 84" preserveAspectRatio="none" role="img" \
      aria-label="Calls a second over the last two minutes, at most \(peak)">
      <polygon class="area" points="\(points.first?.x ?? "0"),82 \(points.map { "\($0.x),\($0.y)" }.joined(separator: " ")) 600,82"/>
      <polyline class="line" points="\(points.map { "\($0.x),\($0.y)" }.joined(separator: " "))"/>
      </svg>
      """
  }

  private var points: [(x: String, y: String)] {
    let step = Self.width / Double(ClusterPicture.historyLength - 1)
    let top = max(history.max() ?? 0, 1)
    let left = Self.width - step * Double(history.count - 1)
    return history.enumerated().map { index, rate in
      (Self.tenths(left + step * Double(index)), Self.tenths(2 + Self.height * (1 - rate / top)))
    }
  }

  private static func tenths(_ number: Double) -> String { "\((number * 10).rounded() / 10)" }
}
