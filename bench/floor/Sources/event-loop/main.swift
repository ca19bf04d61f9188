// event-loop server CERTS sync|async          prints `ready PORT` and serves until it is ended
// event-loop client CERTS PORT INFLIGHT CALLS prints one line of JSON
import Foundation

let arguments = CommandLine.arguments
signal(SIGPIPE, SIG_IGN)
if arguments.count == 4, arguments[1] == "server" {
  Server(certificates: arguments[2], isAsync: arguments[3] == "async").run()
} else if arguments.count == 6, arguments[1] == "client", let port = Int32(arguments[3]), let inFlight = Int(arguments[4]),
  let calls = Int(arguments[5])
{
  Client(certificates: arguments[2], inFlight: inFlight, calls: calls).run(port: port)
} else {
  print("usage: event-loop server CERTS sync|async | event-loop client CERTS PORT INFLIGHT CALLS")
  exit(64)
}
