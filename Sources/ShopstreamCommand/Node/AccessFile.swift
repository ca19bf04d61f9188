// The file that `--access` names, as rules for the runtime.

import Foundation
import Troupe

enum AccessFile {
  static func read(_ path: String) throws(Refusal) -> AccessRules {
    let text: String
    do {
      text = try String(contentsOfFile: path, encoding: .utf8)
    } catch {
      throw Refusal("The access rules \(path) cannot be read (\(SystemError.describe(error))).")
    }
    do {
      return try AccessRules(parsing: text)
    } catch {
      throw Refusal("The access rules \(path) cannot be used: \(error).")
    }
  }
}
