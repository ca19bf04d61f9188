// Every figure of links, breakers, budgets and queues that leaves as a metric: its name, its sort and what it means.
// docs/metrics.md has the same table; a test holds one against the other.

enum TransportMetric: String, CaseIterable {
  case processAnswers = "troupe_process_answers"
  case links = "troupe_links"
  case controlLinks = "troupe_control_links"
  case linkCalls = "troupe_link_calls_in_flight"
  case linkQueuedBytes = "troupe_link_queued_bytes"
  case linkHeldFrames = "troupe_link_held_frames"
  case linkCredits = "troupe_link_chunk_bytes_under_way"
  case linkRoundTrip = "troupe_link_round_trip_seconds"
  case linkBytesIn = "troupe_link_received_bytes_total"
  case linkBytesOut = "troupe_link_sent_bytes_total"
  case linkFramesIn = "troupe_link_received_frames_total"
  case linkFramesOut = "troupe_link_sent_frames_total"
  case compressionBefore = "troupe_link_compression_input_bytes_total"
  case compressionAfter = "troupe_link_compression_output_bytes_total"
  case breakerState = "troupe_breaker_state"
  case breakerFailures = "troupe_breaker_failures_in_a_row"
  case breakerOpenings = "troupe_breaker_openings_total"
  case budgetLeft = "troupe_retry_budget_left"
  case budgetTaken = "troupe_retry_budget_taken_total"
  case budgetRefused = "troupe_retry_budget_refused_total"
  case callsSent = "troupe_calls_sent_total"
  case retries = "troupe_call_retries_total"
  case budgetRefusals = "troupe_call_budget_refusals_total"
  case breakerRefusals = "troupe_call_breaker_refusals_total"
  case hedges = "troupe_call_hedges_total"
  case hedgesWon = "troupe_call_hedges_won_total"
  case loopCalls = "troupe_loop_calls_received_total"
  case loopRefused = "troupe_loop_calls_refused_total"
  case loopShed = "troupe_loop_calls_shed_total"
  case loopCancelled = "troupe_loop_calls_cancelled_total"
  case loopDelay = "troupe_loop_queue_delay_seconds"
  case loopBusy = "troupe_loop_busy_seconds"
  case loopWaiting = "troupe_loop_waiting_calls"
  case loopMailbox = "troupe_loop_longest_mailbox"
  case loopParked = "troupe_loop_parked_calls"
  case loopBulk = "troupe_loop_bulk_calls"
  case loopTurns = "troupe_loop_turns"
  case loopAccepted = "troupe_loop_accepted_links"
  case loopArriving = "troupe_loop_arriving_bytes"
  case seriesLeftOut = "troupe_series_left_out"

  enum Sort: String { case counter, gauge }

  /// Prometheus' own rule: what only grows ends in `_total`.
  var sort: Sort { rawValue.hasSuffix("_total") ? .counter : .gauge }

  var labels: [String] {
    switch self {
    case .processAnswers, .callsSent, .retries, .budgetRefusals, .breakerRefusals, .hedges, .hedgesWon: ["process", "role"]
    case .links, .controlLinks: ["process", "role", "peer", "direction", "state"]
    case .linkCalls, .linkQueuedBytes, .linkHeldFrames, .linkCredits, .linkRoundTrip, .linkBytesIn, .linkBytesOut, .linkFramesIn,
      .linkFramesOut, .compressionBefore, .compressionAfter:
      ["process", "role", "peer", "direction"]
    case .breakerState, .breakerFailures, .breakerOpenings: ["process", "role", "peer", "kind"]
    case .budgetLeft, .budgetTaken, .budgetRefused: ["process", "role", "kind"]
    case .loopCalls, .loopRefused, .loopShed, .loopCancelled, .loopDelay, .loopBusy, .loopWaiting, .loopMailbox, .loopParked, .loopBulk,
      .loopTurns,
      .loopAccepted, .loopArriving:
      ["process", "role", "loop"]
    case .seriesLeftOut: []
    }
  }

  var help: String {
    switch self {
    case .processAnswers: "1 when the process answered the last question, 0 when it is silent."
    case .links: "Links by their state."
    case .controlLinks: "Those of them that carry questions alone, as the side tells it that dialled them."
    case .linkCalls: "Calls and questions without an answer."
    case .linkQueuedBytes: "Output that the kernel has not taken yet, bytes."
    case .linkHeldFrames: "Frames that wait for the end of a pass, for the lease, or behind another link."
    case .linkCredits: "Bytes of large messages that were sent and not given back as credit."
    case .linkRoundTrip: "The longest round trip of the links' last PINGs, seconds."
    case .linkBytesIn: "Bytes of frames that arrived, before TLS."
    case .linkBytesOut: "Bytes of frames that were sent, before TLS."
    case .linkFramesIn: "Frames that arrived."
    case .linkFramesOut: "Frames that were sent."
    case .compressionBefore: "Bytes of frames that left smaller, as they were."
    case .compressionAfter: "Bytes of frames that left smaller, as they left."
    case .breakerState: "0 closed, 1 half-open, 2 open; the worst of the process's loops. kind=\"*\" is the whole peer's."
    case .breakerFailures: "Failures without an answer between them; the most of the process's loops."
    case .breakerOpenings: "How often the breaker has opened."
    case .budgetLeft: "Retries that could be made now."
    case .budgetTaken: "Retries that the budget paid."
    case .budgetRefused: "Retries that the budget refused."
    case .callsSent: "Tries of calls that were sent, first ones and others."
    case .retries: "Tries after the first."
    case .budgetRefusals: "Calls that ended because the retry budget was spent."
    case .breakerRefusals: "Tries that an open breaker did not let leave."
    case .hedges: "Second tries that were sent beside a first one."
    case .hedgesWon: "Hedges that were answered first."
    case .loopCalls: "Calls that arrived from other processes."
    case .loopRefused: "Calls that the runtime answered with a refusal, for whatever reason."
    case .loopShed: "Calls that were refused because they had waited too long on their way."
    case .loopCancelled: "Calls that their callers took back."
    case .loopDelay: "The longest that calls of the last second waited on their way, seconds."
    case .loopBusy: "For how long the loop has had nothing to wait for, seconds."
    case .loopWaiting: "Calls that wait for entities that are busy."
    case .loopMailbox: "The most calls that wait for one entity."
    case .loopParked: "Calls that wait for shards on their way in or out."
    case .loopBulk: "Bulk calls that give way to others."
    case .loopTurns: "Async turns under way."
    case .loopAccepted: "Links that others have dialled."
    case .loopArriving: "Bytes that large calls which are still arriving have announced."
    case .seriesLeftOut: "Series of these that are not shown because there would be too many."
    }
  }
}
