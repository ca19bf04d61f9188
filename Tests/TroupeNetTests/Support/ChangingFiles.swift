// A certificate, its key, roots and a deny-list that a test replaces while somebody uses them.
import Foundation
import TroupeNet

struct ChangingFiles: Sendable {
  let files: TLSFiles
  private let source: Certificates

  init(_ folder: String, from source: Certificates) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    self.source = source
    files = TLSFiles(
      certificate: folder + "/certificate.pem", key: folder + "/key.pem", roots: folder + "/roots.pem")
  }

  var denyList: String { files.certificate + ".denied" }
  var keyLog: String { files.certificate + ".keys" }

  /// The files with a deny-list that says `text`.
  func denying(_ text: String) throws -> TLSFiles {
    try put(text, at: denyList)
    var files = files
    files.denyList = denyList
    return files
  }

  func put(certificate name: String) throws {
    try put(String(contentsOfFile: source.path("\(name).crt"), encoding: .utf8), at: files.certificate)
  }
  func put(key name: String) throws { try put(String(contentsOfFile: source.path("\(name).key"), encoding: .utf8), at: files.key) }
  func put(roots name: String) throws { try put(String(contentsOfFile: source.path("\(name).crt"), encoding: .utf8), at: files.roots) }

  func put(_ text: String, at path: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
  }
}
