"""How many calls a second cross from one event loop of a node to the other?

A client in another process calls relays on one loop; each relay calls a counter that lives on the other loop and answers
with its total. Three threads share two cores here: the node keeps each of its loops on a core, the client runs where there is room.
"""
from benches._load import Troupe, per_second
from harness.report import Figure

CALLS = 1_000_000


def run(runs):
    troupe = Troupe()
    rates = []
    for _ in range(runs):
        with troupe.serving(loops=2) as load:
            rates.append(per_second(load("crossing", 1_024, CALLS)))
    return [Figure("calls that cross loops, 1,024 in flight", "calls/s", rates, goal="300,000")]
