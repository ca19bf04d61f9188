// TLS to the server, as libpq does it: the certificate's chain and name are checked with sslmode=verify-full.
import ChildPrograms
import Foundation
import PostgresServer
import Testing
import TroupeCluster
import TroupeJournal
import TroupePostgres

@Suite struct TLSTests {
  @Test func theServersCertificateIsChecked() async throws {
    let server = try PostgresServer(settings: ["ssl=on"]) { data in
      let made = try ChildProgram.run(
        "/usr/bin/openssl",
        [
          "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
          "subjectAltName=DNS:localhost", "-keyout", data + "/server.key", "-out", data + "/server.crt",
        ])
      try #require(made.isSuccess, "\(made)")
      // The server wants its key to be its own, and nobody else's.
      let owner = try FileManager.default.attributesOfItem(atPath: data)[.ownerAccountName] as? String
      for file in ["server.key", "server.crt"] {
        try FileManager.default.setAttributes(
          [.posixPermissions: 0o600, .ownerAccountName: owner ?? "root"], ofItemAtPath: "\(data)/\(file)")
      }
      try "hostssl all all 127.0.0.1/32 trust\nlocal all all trust\n".write(
        toFile: data + "/pg_hba.conf", atomically: false, encoding: .utf8)
    }
    let verified =
      "host=localhost port=\(server.port) user=postgres dbname=postgres sslmode=verify-full sslrootcert=\(server.data)/server.crt"
    let store = try PostgresStore.patient(verified)
    let head = try await store.raiseFence(3, writer: WriterID(1))
    #expect(try await store.append([.one(head, from: 0)]) == [.appended(Offset(1))])
    let ciphered = try server.run(
      """
      SELECT DISTINCT ssl FROM pg_stat_activity JOIN pg_stat_ssl USING (pid) WHERE application_name LIKE 'troupe %'
      """)
    #expect(ciphered == [["t"]])
    await store.close()

    // Another name than the certificate's, no root to believe in, and no TLS at all.
    for wrong in [
      verified.replacing("host=localhost", with: "host=127.0.0.1"), verified.replacing("server.crt", with: "none.crt"),
      server.conninfoOnLoopback() + " sslmode=disable",
    ] {
      let error = await failure { try PostgresStore.open(wrong) }
      #expect(error?.code == "store_unavailable", "\(error as Any)")
    }
  }
}
