// Standard output as lines, and a region at its lower end that is drawn anew in place. Without a terminal at the other end
// there is no region, only lines.

import Foundation

struct Terminal: Sendable {
  let isInteractive: Bool
  private let output = FileHandle.standardOutput
  /// Lines of the region that stands there now.
  private var regionHeight = 0

  init(isInteractive: Bool = isatty(STDOUT_FILENO) == 1) {
    self.isInteractive = isInteractive
  }

  /// Prints a line above the region.
  mutating func say(_ line: String) {
    write(Self.erase(regionHeight) + line + "\n")
    regionHeight = 0
  }

  /// Replaces the region.
  mutating func draw(_ lines: [String]) {
    guard isInteractive else { return }
    // Lines that are too long for the terminal are cut by it, so that the region is as high as it has lines.
    write(Self.erase(regionHeight) + Self.wrapOff + lines.map { $0 + "\n" }.joined() + Self.wrapOn)
    regionHeight = lines.count
  }

  /// Takes the region away.
  mutating func clear() {
    write(Self.erase(regionHeight))
    regionHeight = 0
  }

  /// Of the terminal behind standard output; nil where there is none, or it does not say.
  static var size: TerminalSize? {
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_row > 0, size.ws_col > 0 else { return nil }
    return TerminalSize(lines: Int(size.ws_row), columns: Int(size.ws_col))
  }

  static let wrapOff = "\u{1b}[?7l"
  static let wrapOn = "\u{1b}[?7h"

  static func erase(_ height: Int) -> String {
    height == 0 ? "" : "\u{1b}[\(height)A\u{1b}[J"
  }

  /// A reader that went away is none of our concern: the cluster goes on.
  private func write(_ text: String) {
    guard !text.isEmpty else { return }
    try? output.write(contentsOf: Data(text.utf8))
  }
}

struct TerminalSize: Sendable {
  var lines: Int
  var columns: Int
}
