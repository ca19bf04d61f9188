// A connection that is kept: calls wait here in order, go out while it is up, and are answered whatever becomes of it. Lives on the
// store's loop.
import TroupeJournal
import TroupeNet

final class Session {
  struct Role {
    /// As it is shown: "store-writer".
    let name: String
    let statements: [Statement]
    /// Transactions that are sent before the first is answered.
    let depth: Int
    /// Calls of one transaction.
    let group: Int
    /// The server ends a statement after this: before its caller gives up, so that it is known that nothing was done.
    let statementTimeout: Duration
    /// How long an exchange that is overdue may go on before the connection counts as dead.
    let grace: Duration
  }

  enum Phase {
    case resting(LoopTimer?)
    case dialing(Dial)
    case preparing(Link)
    case ready(Link)
    case closed
  }

  let loop: UVLoop
  let role: Role
  private let conninfo: Conninfo
  private var phase = Phase.resting(nil)
  private var waiting: [any Call] = []
  private var backoff = Backoff()
  /// Why there is no connection.
  private var trouble: StoreError?
  private var tick: LoopTimer?
  private var whenEmpty: [() -> Void] = []

  init(_ loop: UVLoop, _ role: Role, _ conninfo: Conninfo) {
    (self.loop, self.role, self.conninfo) = (loop, role, conninfo.with("application_name", "troupe \(role.name)"))
  }

  // MARK: Calls

  func take(_ call: any Call) {
    if case .closed = phase { return call.fail(.closed) }
    guard whenEmpty.isEmpty else { return call.fail(.closed) }
    if case .newerFormat? = trouble, let trouble { return call.fail(trouble) }
    guard waiting.count < StoreLimits.queuedCalls else {
      return call.fail(.unavailable("\(StoreLimits.queuedCalls) calls wait for the database already"))
    }
    waiting.append(call)
    watchTheClock()
    switch phase {
    case .resting(nil): dial()
    case .ready(let link): pump(link)
    default: break
    }
  }

  private func pump(_ link: Link) {
    while !waiting.isEmpty, link.inFlight.count < role.depth {
      let count = Group.size(of: waiting[...], most: role.group)
      let group = Group(Array(waiting[..<count]))
      waiting.removeFirst(count)
      let exchange = group.exchange()
      exchange.ended = { [unowned self] exchange in answer(exchange, group) }
      link.send(exchange)
    }
    if waiting.isEmpty, link.inFlight.isEmpty { ended() }
  }

  private func answer(_ exchange: Exchange, _ group: Group) {
    if let doubt = exchange.doubt {
      for call in exchange.calls { call.fail(call.isWrite ? .unknown(doubt) : .unavailable(doubt)) }
    } else if let failure = exchange.failure {
      for call in exchange.calls { call.fail(failure.beforeCommit) }
      if failure.endsConnection { lose(failure) }
    } else if exchange.answers.count != exchange.expectedAnswers {
      lose(PostgresFailure(message: "the server answered \(exchange.answers.count) of \(exchange.expectedAnswers) statements"))
      for call in exchange.calls { call.fail(.unknown("the server did not answer every statement")) }
    } else {
      group.finish(exchange.answers)
    }
  }

  // MARK: The connection

  private func dial() {
    phase = .dialing(
      Dial(loop, conninfo) { [unowned self] result in
        switch result {
        case .success(let connection): prepare(connection)
        case .failure(let failure): rest(failure)
        }
      })
  }

  private func prepare(_ connection: OpaquePointer) {
    do throws(PostgresFailure) {
      let link = try Link(loop, connection, answered: { [unowned self] in answered($0) }, lost: { [unowned self] in lose($0) })
      phase = .preparing(link)
      let exchange = Exchange([], [Settings.query(for: role)], expires: loop.now + Dial.limit)
      exchange.ended = { [unowned self] exchange in
        if let failure = exchange.failure { return lose(failure) }
        if let refusal = exchange.answers.last.flatMap(Settings.refusal) { return refuse(refusal) }
        isReady(link)
      }
      watchTheClock()
      link.prepare([Settings.statement] + role.statements, then: exchange)
    } catch {
      rest(error)
    }
  }

  private func answered(_ exchange: Exchange) {
    exchange.ended?(exchange)
    if case .ready(let link) = phase { pump(link) }
  }

  private func isReady(_ link: Link) {
    backoff.succeeded()
    trouble = nil
    phase = .ready(link)
  }

  /// Everything that was sent may have been done.
  private func lose(_ failure: PostgresFailure) {
    switch phase {
    case .preparing(let link), .ready(let link):
      link.close()
      for exchange in link.inFlight {
        for call in exchange.calls {
          call.fail(call.isWrite ? .unknown(failure.sentence) : .unavailable(failure.sentence))
        }
      }
      rest(failure)
    default: break
    }
  }

  /// A server that we must not write to: nobody waits for what will not come.
  private func refuse(_ error: StoreError) {
    lose(PostgresFailure(message: "\(error)"))
    trouble = error
    for call in waiting { call.fail(error) }
    waiting = []
  }

  private func rest(_ failure: PostgresFailure) {
    trouble = .unavailable("\(conninfo.place): \(failure.sentence)")
    let timer = loop.schedule(after: backoff.next(random: loop.random())) { [unowned self] in
      phase = .resting(nil)
      // Nobody asks: the next call connects.
      if !waiting.isEmpty { dial() } else { ended() }
    }
    phase = .resting(timer)
    if waiting.isEmpty { ended() }
  }

  // MARK: Time

  /// Between looks: what a timeout may be late by.
  private static let pause: Duration = .milliseconds(25)

  private func watchTheClock() {
    guard tick == nil else { return }
    tick = loop.schedule(after: Self.pause) { [unowned self] in
      tick = nil
      expire(loop.freshNow())
    }
  }

  private func expire(_ now: Instant) {
    let late = waiting.filter { $0.expires <= now }
    if !late.isEmpty { waiting.removeAll { $0.expires <= now } }
    for call in late { call.fail(trouble ?? .unavailable("\(call.what) waited too long for its turn; nothing was done")) }
    var isBusy = !waiting.isEmpty
    switch phase {
    case .preparing(let link), .ready(let link):
      for exchange in link.inFlight {
        for call in exchange.calls where call.expires <= now { call.fail(.timeout(call.what)) }
      }
      isBusy = isBusy || !link.inFlight.isEmpty
      if let oldest = link.inFlight.first, oldest.expires + role.grace <= now {
        lose(PostgresFailure(message: "the server does not answer"))
      } else if waiting.isEmpty, link.inFlight.isEmpty {
        ended()
      }
    default:
      if waiting.isEmpty { ended() }
    }
    if isBusy { watchTheClock() }
  }

  // MARK: The end

  /// Ends what waits, then calls back.
  func close(_ closed: @escaping () -> Void) {
    if case .closed = phase { return closed() }
    whenEmpty.append(closed)
    switch phase {
    case .ready(let link) where !(waiting.isEmpty && link.inFlight.isEmpty): break
    case .ready, .preparing: if waiting.isEmpty { ended() }
    default: if waiting.isEmpty { ended() }
    }
  }

  /// Whoever had the store is gone, so nobody waits.
  func abandon() {
    waiting = []
    whenEmpty.append {}
    ended()
  }

  private func ended() {
    guard !whenEmpty.isEmpty else { return }
    switch phase {
    case .resting(let timer): timer?.cancel()
    case .dialing(let dial): dial.cancel()
    case .preparing(let link), .ready(let link): link.close()
    case .closed: break
    }
    phase = .closed
    tick?.cancel()
    let closed = whenEmpty
    whenEmpty = []
    for body in closed { body() }
  }
}
