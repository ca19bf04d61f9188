// Asks the kernel whether a port is free, before any process is started that would need it. Raw sockets, since no event
// loop runs yet; nothing ever connects to them.

import Foundation

enum PortCheck {
  /// Fails with a sentence that names what the port is wanted for.
  static func requireFree(_ port: Int, host: String, for purpose: String, option: String) throws(Refusal) {
    switch bound(port: port, host: host) {
    case .success: return
    case .failure(let problem) where problem.code == EADDRINUSE:
      throw Refusal("Port \(port) is taken, and the \(purpose) needs it: stop what uses it, or choose another with \(option).")
    case .failure(let problem) where problem.code == EACCES:
      throw Refusal("Port \(port) needs a privileged user, and the \(purpose) wants it: choose one above 1023 with \(option).")
    case .failure(let problem):
      throw Refusal("The \(purpose) cannot listen on \(host):\(port) (\(String(cString: strerror(problem.code)))).")
    }
  }

  /// For each length the first of so many neighbouring ports; all were free a moment ago and none is given twice.
  static func freeRuns(of lengths: [Int], host: String) throws(Refusal) -> [Int] {
    // All are held until all are found, or the kernel might give one twice.
    var held: [HeldPort] = []
    defer { held.forEach { $0.release() } }
    var firsts: [Int] = []
    for length in lengths {
      for _ in 0..<searchLimit where firsts.count < lengths.count {
        let run = hold(length, host: host)
        held += run
        if run.count == length {
          firsts.append(run[0].number)
          break
        }
      }
    }
    guard firsts.count == lengths.count else { throw Refusal("There are no \(lengths.reduce(0, +)) free ports on \(host).") }
    return firsts
  }

  /// Tries to find one run of free ports before it is given up.
  private static let searchLimit = 200

  /// Where to look: below the ports that the kernel lends to outgoing connections. One of those may be lent again between this look
  /// and the start of the process that it is for.
  private static let quietPorts: Range<Int>? = {
    let lent = try? String(contentsOfFile: "/proc/sys/net/ipv4/ip_local_port_range", encoding: .utf8)
    guard let lowest = lent?.split(whereSeparator: \.isWhitespace).first.flatMap({ Int($0) }), lowest > 20_000 else { return nil }
    return 10_000..<lowest
  }()

  /// A run of `length` ports, or as much of it as was free.
  private static func hold(_ length: Int, host: String) -> [HeldPort] {
    // At random, so that two processes that look at one moment do not choose alike; 0 lets the kernel choose.
    guard case .success(let first) = bound(port: quietPorts?.randomElement() ?? 0, host: host, keep: true) else { return [] }
    var run = [first]
    while run.count < length, first.number + run.count <= 65_535,
      case .success(let next) = bound(port: first.number + run.count, host: host, keep: true)
    {
      run.append(next)
    }
    return run
  }

  private struct Problem: Error { var code: Int32 }

  private struct HeldPort {
    let number: Int
    let descriptor: Int32
    func release() { close(descriptor) }
  }

  private static func bound(port: Int, host: String, keep: Bool = false) -> Result<HeldPort, Problem> {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return .failure(Problem(code: errno)) }
    func failed() -> Result<HeldPort, Problem> {
      let code = errno
      close(descriptor)
      return .failure(Problem(code: code))
    }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(UInt16(port)).bigEndian
    guard inet_pton(AF_INET, host, &address.sin_addr) == 1 else {
      close(descriptor)
      return .failure(Problem(code: EADDRNOTAVAIL))
    }
    // As the servers do, so that a port whose last connections are still closing counts as free.
    var yes: Int32 = 1
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        bind(descriptor, address, size) == 0 && listen(descriptor, 1) == 0 && getsockname(descriptor, address, &size) == 0
      }
    }
    guard result else { return failed() }
    if !keep { close(descriptor) }
    return .success(HeldPort(number: Int(UInt16(bigEndian: address.sin_port)), descriptor: descriptor))
  }
}
