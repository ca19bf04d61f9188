"""What share of a bare C loop with the same bytes, TLS and batching does a node reach, and how late are its answers?

1,024 synchronous calls in flight over mTLS, beside frames of the same size in C: 64 in a write, four writes in flight, nothing done for them
but to answer. A run takes about 10 s.
"""
from benches._load import Batches, Troupe, per_second
from harness.report import Figure

IN_FLIGHT, CALLS = 1_024, 3_000_000
BATCH, BATCHES, FRAMES = 64, 4, 10_000_000


def run(runs):
    troupe, batches = Troupe(), Batches()
    calls, late, frames = [], [], []
    for _ in range(runs):
        with batches.serving() as load:
            frames.append(per_second(load(FRAMES, BATCH, BATCHES)))
        with troupe.serving() as load:
            result = load("calls", "sync", IN_FLIGHT, CALLS)
        calls.append(per_second(result))
        late.append(result["p99_us"] / 1e3)
    bare = Figure("frames in C over the same TLS, 64 a write, four writes in flight", "calls/s", frames)
    ours = Figure("calls, synchronous, 1,024 in flight", "calls/s", calls)
    return [ours.compare(bare, "bare C loop", "at least 0.25"), bare, Figure("p99 of these calls", "ms", late, goal="under 2")]
