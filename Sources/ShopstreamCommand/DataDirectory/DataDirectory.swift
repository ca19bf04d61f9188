// Where a development cluster keeps everything it makes: one folder, so that it can be found, moved and deleted as one.
// Names only; who writes the files is elsewhere.

import Foundation

/// ```
/// .shopstream/
///   format                  the version of this layout
///   lock                    held by the running `up`, with its process id
///   cluster.json            where nodes and gateway listen; what `status` and `call` read
///   ca/                     the development CA: certificate.pem, key.pem
///   nodes/node-1/           certificate.pem, key.pem of each node
///   gateways/gateway/       the same for the gateway
///   operators/operator/     the same for whoever uses the command
///   identity/               key.pem signs in whose name calls are made, for the gateway alone; keys.pem checks it
///   store/                  the register and the log
///   logs/node-1.log         what each process says
/// ```
struct DataDirectory: Hashable, Sendable {
  static let defaultName = ".shopstream"

  /// Absolute, so that child processes may stand elsewhere.
  let path: String

  init(_ path: String) {
    let absolute = path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
    self.path = URL(filePath: absolute).standardizedFileURL.path(percentEncoded: false).droppingTrailingSlash
  }

  var format: String { path + "/format" }
  var lock: String { path + "/lock" }
  var clusterFile: String { path + "/cluster.json" }
  var store: String { path + "/store" }
  var logs: String { path + "/logs" }
  var authority: CertificateFiles { CertificateFiles(folder: path + "/ca") }

  func certificate(of holder: CertificateHolder) -> CertificateFiles {
    CertificateFiles(folder: "\(path)/\(holder.role.rawValue)s/\(holder.name)")
  }

  func log(of process: String) -> String {
    "\(logs)/\(process).log"
  }
}

extension String {
  fileprivate var droppingTrailingSlash: String {
    count > 1 && hasSuffix("/") ? String(dropLast()) : self
  }
}
