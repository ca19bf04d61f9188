// Colours, where the terminal has them and nobody asked for none (https://no-color.org).

import Foundation

struct TextStyle: Sendable {
  var isColoured: Bool

  static let plain = TextStyle(isColoured: false)

  static func forOutput(_ terminal: Terminal) -> TextStyle {
    let environment = ProcessInfo.processInfo.environment
    return TextStyle(isColoured: terminal.isInteractive && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb")
  }

  func dim(_ text: String) -> String { wrapped(text, "2") }
  func bold(_ text: String) -> String { wrapped(text, "1") }
  func warning(_ text: String) -> String { wrapped(text, "33") }

  private func wrapped(_ text: String, _ code: String) -> String {
    isColoured ? "\u{1b}[\(code)m\(text)\u{1b}[0m" : text
  }
}
