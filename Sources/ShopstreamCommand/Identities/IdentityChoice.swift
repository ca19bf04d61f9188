// What `--identities` says: whose names a node takes for in whose name a call is made.

import ArgumentParser
import Foundation
import Troupe

enum IdentityChoice: String, ExpressibleByArgument, CaseIterable, Sendable {
  case signed, unsigned

  /// - Parameter keys: the file of public keys, when it is not the one that `up` made.
  func policy(keys named: String?, in directory: DataDirectory) throws(Refusal) -> IdentityPolicy {
    if self == .unsigned { return .unsigned }
    let path = named ?? IdentityKeyFiles(directory).keys
    guard named != nil || FileManager.default.fileExists(atPath: path) else {
      throw Refusal(
        "There are no identity keys at \(path): run 'shopstream up' once, name a file with --identity-keys, or say --identities unsigned.")
    }
    return .signed(try IdentityKeyFiles.trusted(path))
  }
}
