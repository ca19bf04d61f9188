// The key log: off unless asked for, private, and in the format that others read.
import Foundation
import Testing
import TroupeNet

@Suite struct KeyLogTests {
  @Test func theSecretsAreThoseOfThePeer() async throws {
    let certificates = try Certificates.shared
    let changing = try certificates.changing("n1")
    var files = changing.files
    files.keyLog = changing.keyLog
    _ = FileManager.default.createFile(atPath: changing.keyLog, contents: nil, attributes: [.posixPermissions: 0o644])
    let server = try TLSContext(files, trustDomain: "test")
    let theirs = changing.keyLog + ".theirs"
    let said = try await Bed.real.transcript { stage in
      let listener = stage.listen(security: server) {
        let player = stage.player("server")
        player.onClosed = { _ in stage.finish() }
        return player
      }
      let address = listener.address.description
      Thread {
        _ = try? Certificates.run(
          "/usr/bin/env",
          ["openssl", "s_client", "-connect", address, "-CAfile", "ca.crt", "-cert", "n2.crt", "-key", "n2.key", "-keylogfile", theirs],
          in: certificates.folder)
      }.start()
    }
    #expect(said.contains("server opened"), "\(said)")
    func secrets(_ path: String) throws -> Set<String> {
      Set(try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map(String.init).filter { !$0.hasPrefix("#") })
    }
    let own = try secrets(changing.keyLog)
    #expect(own.contains { $0.hasPrefix("CLIENT_TRAFFIC_SECRET_0 ") } && own.contains { $0.hasPrefix("SERVER_TRAFFIC_SECRET_0 ") })
    #expect(own.isSubset(of: try secrets(theirs)), "\(own)")
    let mode = try FileManager.default.attributesOfItem(atPath: changing.keyLog)[.posixPermissions] as? Int
    #expect(mode == 0o600, "also of a file that was there")
  }

  @Test func aFileThatCannotBeWrittenIsRefusedByName() throws {
    let changing = try Certificates.shared.changing("n1")
    var files = changing.files
    files.keyLog = changing.files.certificate + "/keys"
    let error = #expect(throws: NetError.self) { _ = try TLSContext(files, trustDomain: "test") }
    #expect(error?.code == "key-log")
    // A link could lead the secrets into somebody else's file.
    files.keyLog = changing.keyLog
    try FileManager.default.createSymbolicLink(atPath: changing.keyLog, withDestinationPath: changing.keyLog + ".elsewhere")
    #expect(throws: NetError.self) { _ = try TLSContext(files, trustDomain: "test") }
    #expect(!FileManager.default.fileExists(atPath: changing.keyLog + ".elsewhere"))
  }
}
