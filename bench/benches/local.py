"""What does a call through a Ref cost when the entity lives on the caller's loop?

An entity's turn calls a counter on its own loop, with gate, chain, deadline and lease check on.
"""
from benches._load import Troupe
from harness.report import Figure

CALLS = 400_000  # about a tenth of a second: a turn that holds its loop for longer is a fault


def run(runs):
    troupe = Troupe()
    nanoseconds = []
    with troupe.serving() as load:
        for _ in range(runs):
            result = load("local", CALLS)
            nanoseconds.append(result["seconds"] * 1e9 / result["calls"])
    return [Figure("local call through Ref, same loop", "ns", nanoseconds, goal="under 300")]
