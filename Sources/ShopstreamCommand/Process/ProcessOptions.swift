// What nodes and gateways have in common: where their certificate is, whose cluster they join, how they are looked after.

import ArgumentParser
import Troupe

struct ProcessOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The cluster's name, which is the trust domain of its certificates.", valueName: "name"))
  var cluster = UpPlan.cluster

  @Option(help: ArgumentHelp("The directory that 'up' made: certificates and data are found in it.", valueName: "directory"))
  var data = DataDirectory.defaultName

  @Option(help: ArgumentHelp("Certificate (PEM), when it is not the one in --data.", valueName: "file"))
  var certificate: String?

  @Option(help: ArgumentHelp("Private key (PEM), when it is not the one in --data.", valueName: "file"))
  var key: String?

  @Option(help: ArgumentHelp("Roots that are trusted (PEM), when they are not the development CA in --data.", valueName: "file"))
  var roots: String?

  @Option(
    help: ArgumentHelp(
      "Peers that are refused and cut though their certificates are valid; read again when it changes.", valueName: "file"))
  var denyList: String?

  @Option(
    help: ArgumentHelp(
      "FOR DEVELOPMENT ALONE: append the keys of every connection, as SSLKEYLOGFILE has them, for Wireshark.", valueName: "file"))
  var keyLog: String?

  @Option(help: ArgumentHelp("Write sampled spans to it, one a line, as OTLP's JSON; put aside at 64 MiB.", valueName: "file"))
  var traceLog: String?

  @Option(
    help: ArgumentHelp(
      "Look every two seconds whether certificate, key, roots, deny-list or identity keys were replaced; with 'off' only on SIGHUP.",
      valueName: "on|off"))
  var reloadCertificates = Switch.on

  @OptionGroup(title: "Links and calls") var linkOptions: LinkOptions

  @Option(
    help: ArgumentHelp("Where it stands: shards spread over the zones of nodes, and links between zones compress.", valueName: "name"))
  var zone = ""

  @Flag(help: "Log more.")
  var verbose = false

  @Flag(help: ArgumentHelp("Report readiness as JSON on standard output, and stop when standard input ends.", visibility: .hidden))
  var supervised = false

  var calls: CallPolicy { linkOptions.calls }
  var links: LinkPolicy { linkOptions.links }
  var certificatesEvery: Duration? { reloadCertificates == .on ? .seconds(2) : nil }

  var directory: DataDirectory { DataDirectory(data) }

  func tls(for holder: CertificateHolder) throws(Refusal) -> TLSContext {
    let files = directory.certificate(of: holder)
    return try TLSContext.load(
      TLSFiles(
        certificate: certificate ?? files.certificate, key: key ?? files.key, roots: roots ?? directory.authority.certificate,
        denyList: denyList, keyLog: keyLog),
      trustDomain: cluster)
  }
}
