// What a session sets on its connection before anything else, and what it refuses to work on.
import TroupeJournal

enum Settings {
  /// - A commit that is acknowledged is on the disk (and with `synchronous_standby_names`, on the standby's): whatever the server's
  ///   default says, `on` at least.
  /// - `read committed`: a statement that has waited for a row sees it as it is now, which fences rest on.
  /// - Plans: prepared once, and rows of `heads` are found by their key, in the order in which they were sent.
  static let statement = Statement(
    name: "settings",
    sql: """
      SELECT current_setting('fsync'), (SELECT version FROM troupe_format),
        set_config('synchronous_commit', CASE current_setting('synchronous_commit') WHEN 'remote_apply' THEN 'remote_apply' ELSE 'on' END, false),
        set_config('default_transaction_isolation', 'read committed', false),
        set_config('statement_timeout', $1::text, false), set_config('lock_timeout', '0', false),
        set_config('plan_cache_mode', 'force_generic_plan', false), set_config('work_mem', '65536', false),
        set_config('enable_hashjoin', 'off', false), set_config('enable_mergejoin', 'off', false), set_config('jit', 'off', false)
      """)

  static func query(for role: Session.Role) -> Query {
    Query(statement) { $0.text(milliseconds(role.statementTimeout)) }
  }

  /// Of the answer.
  static func refusal(_ rows: Rows) -> StoreError? {
    guard rows.count == 1 else { return .invalid("the server answers nothing to a question about its settings") }
    if rows.string(0, 0) != "on" {
      return .invalid("the server runs with fsync = off: what it acknowledges does not survive it, so nothing may be written to it")
    }
    return StoreFormat.refusal(of: rows.int(0, 1))
  }

  static func milliseconds(_ duration: Duration) -> String { String(Int(duration / .milliseconds(1))) }
}
