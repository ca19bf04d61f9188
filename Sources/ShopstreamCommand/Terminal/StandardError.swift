// Where refusals and logs go.

import Foundation

enum StandardError {
  static func say(_ line: String) {
    try? FileHandle.standardError.write(contentsOf: Data((line + "\n").utf8))
  }
}
