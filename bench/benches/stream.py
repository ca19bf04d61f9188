"""What do 20,000 small calls a second feel of a saturating sequence of 16 MiB messages on the same link?

The small calls come at instants fixed beforehand and count from when they were due: for some seconds alone, then beside calls with a
16 MiB argument to another entity of the same loop, one as soon as the last is answered. A run takes about 15 s.
"""
from benches._load import Troupe
from harness.machine import Failed
from harness.report import Figure

RATE = 20_000
SECONDS = 5
SHARES = {"p50_us": "p50", "p99_us": "p99", "p999_us": "p99.9"}


def run(runs):
    troupe = Troupe()
    results = []
    for _ in range(runs):
        with troupe.serving() as load:
            result = load("stream", RATE, SECONDS)
        for part in ("alone", "beside"):
            lost = result[part]["failed"] + result[part]["refused"]
            if lost:
                raise Failed(f"{lost:,} of the small calls were not answered ({part}), so the latencies of the others mean nothing")
        results.append(result)
    figures = []
    for key, name in SHARES.items():
        alone = Figure(f"{name} of small calls, alone", "µs", [r["alone"][key] for r in results])
        beside = Figure(f"{name} of small calls, beside 16 MiB messages", "µs", [r["beside"][key] for r in results])
        figures += [beside.compare(alone, "alone", "under 3" if name == "p99" else ""), alone]
    figures.append(Figure("16 MiB messages, beside the small calls", "MiB/s", [16 * r["large"] / r["large_seconds"] for r in results]))
    return figures
