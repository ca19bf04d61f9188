// What `up` tells the user as it happens.

import ChildPrograms

enum Announcement: Hashable, Sendable {
  case died(String, ChildEnd, again: Duration, atLimit: Bool)
  case back(String)
  case failed(String, String)
  case stopping
  case killed(String)

  var sentence: String {
    switch self {
    case .died(let name, let end, let delay, false):
      "\(name) \(end); starting it again in \(delay.inSeconds)."
    case .died(let name, let end, let delay, true):
      "\(name) \(end), for the \(RestartPolicy.limit)th time within a minute; starting it again in \(delay.inSeconds)."
    case .back(let name): "\(name) is back."
    case .failed(let name, let sentence): "\(name): \(sentence)"
    case .stopping: "Stopping: first the gateway, then the nodes. Ctrl-C again ends them at once."
    case .killed(let name): "\(name) did not stop in time and was killed."
    }
  }

  /// Its name in `--json`.
  var event: String {
    switch self {
    case .died: "died"
    case .back: "back"
    case .failed: "failed"
    case .stopping: "stopping"
    case .killed: "killed"
    }
  }

  var process: String? {
    switch self {
    case .died(let name, _, _, _), .back(let name), .failed(let name, _), .killed(let name): name
    case .stopping: nil
    }
  }
}

extension Duration {
  /// "0.3 s", "12 s": as precise as a person cares.
  var inSeconds: String {
    let tenths = (self / .milliseconds(100)).rounded()
    return tenths < 100 ? "\(Int(tenths) / 10).\(Int(tenths) % 10) s" : "\(Int((tenths / 10).rounded())) s"
  }
}
