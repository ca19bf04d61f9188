// What all operators' commands have in common.

import ArgumentParser

struct OperatorOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The cluster's directory. Default: .shopstream, here or in a folder above.", valueName: "directory"))
  var data: String?

  @Flag(help: "Print JSON.")
  var json = false
}
