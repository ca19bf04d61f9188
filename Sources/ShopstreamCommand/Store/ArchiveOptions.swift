// Where nodes archive, for `node` and for `up`, which hands it on.

import ArgumentParser
import Troupe
import TroupeArchive

struct ArchiveOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Keep every record in files of this directory before the log lets go of it, for consumers that begin anew and for people. All nodes "
        + "need the same.", valueName: "directory"))
  var archive: String?

  var arguments: [String] { archive.map { ["--archive", DataDirectory($0).path] } ?? [] }

  func open(cluster: String) throws(Refusal) -> ArchiveFolder? {
    guard let archive else { return nil }
    do throws(StoreError) {
      return try ArchiveFolder.open(archive, cluster: cluster)
    } catch {
      throw Refusal("\(error)".sentence)
    }
  }
}
