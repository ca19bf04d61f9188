"""How many calls a second does a node answer over mTLS, and what share of the bare event loop is that?

10,000 volatile entities, 100-byte arguments, two processes of one thread each; with gate, deadline, chain, lease check
and metrics on. One in flight is read against a raw TLS ping-pong in C, the others against the floor and grpc-swift.
"""
from benches._load import GRPC, Floor, PingPong, Troupe, per_second
from harness.report import Figure

CALLS = {1: 60_000, 64: 1_000_000, 1_024: 3_000_000}  # a few seconds each
GRPC_CALLS = {1: 3_000, 64: 30_000, 1_024: 30_000}
GOALS = {("sync", 1_024): "1,000,000", ("sync", 64): "300,000", ("async", 1_024): "650,000"}
WORDS = {"sync": "synchronous", "async": "async"}


def run(runs):
    troupe, floor, ping, grpc = Troupe(), Floor(), PingPong(), GRPC()
    rates = {}
    latency = {"ping": [], "troupe": []}
    for _ in range(runs):  # what is compared runs right after one another, so that a slower minute slows all of it
        for kind in ("sync", "async"):
            for in_flight, calls in CALLS.items():
                with floor.serving(kind) as load:
                    rates.setdefault(("floor", kind, in_flight), []).append(per_second(load(in_flight, calls)))
                with troupe.serving() as load:
                    result = load("calls", kind, in_flight, calls)
                    rates.setdefault(("troupe", kind, in_flight), []).append(per_second(result))
                if (kind, in_flight) == ("sync", 1):
                    latency["troupe"].append(result["p50_us"])
                    with ping.serving() as pong:
                        latency["ping"].append(pong(CALLS[1])["p50_us"])
        for in_flight, calls in GRPC_CALLS.items():
            with grpc.serving() as load:
                rates.setdefault(("grpc", "", in_flight), []).append(per_second(load(in_flight, calls)))
    return figures(rates, latency)


def figures(rates, latency):
    found = []
    peers = {n: Figure(f"grpc-swift 2, mTLS, {n:,} in flight", "calls/s", rates["grpc", "", n]) for n in GRPC_CALLS}
    for kind, word in WORDS.items():
        for n in CALLS:
            base = Figure(f"bare event loop, {word}, {n:,} in flight", "calls/s", rates["floor", kind, n])
            ours = Figure(f"calls, {word}, {n:,} in flight", "calls/s", rates["troupe", kind, n])
            goal = GOALS.get((kind, n), "")
            found.append(ours.compare(base, "bare event loop", f"{goal}; 0.62 of it" if goal else ""))
            found.append(ours.compare(peers[n], "grpc-swift 2", "100 times" if (kind, n) == ("sync", 1_024) else ""))
            found.append(base)
    found += peers.values()
    raw = Figure("raw TLS ping-pong in C, one in flight", "µs (p50)", latency["ping"])
    found.append(Figure("call, synchronous, one in flight", "µs (p50)", latency["troupe"]).compare(raw, "raw TLS ping-pong", "at most 1.25"))
    return found + [raw]
