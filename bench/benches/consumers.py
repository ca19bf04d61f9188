"""How old is an event when a group of consumers has it, and how fast is a projection built from the beginning?

10,000 durable commands a second at fixed instants, each stamped by its turn; the group at the node reads the clock on arrival, so what it sees
holds the flush too. Then a new group reads 1,000,000 events from the beginning and counts them by entity.
"""
from benches._load import Troupe
from harness import machine
from harness.report import Figure

RATE = 10_000
SECONDS = 10
EVENTS = 1_000_000


def run(runs):
    troupe = Troupe()
    p50, p99, speed = [], [], []
    for _ in range(runs):
        with troupe.serving(1, "reads") as load:
            result = load("tail", RATE, SECONDS)
            p50.append(result["p50_us"] / 1e3)
            p99.append(result["p99_us"] / 1e3)
    for _ in range(min(runs, 3)):
        with machine.scratch() as store:
            # A group that reads nothing yet keeps the log.
            with troupe.on(store, 1, "holds", "keeps-all") as load:
                load("durable", 1_024, EVENTS)
            with troupe.on(store, 1, "projects") as load:
                result = load("projected", EVENTS)
                speed.append(result["events"] / result["seconds"])
    return [
        Figure("event's turn to its consumer, 10,000 a second, p50", "ms", p50),
        Figure("the same, p99", "ms", p99, goal="under 50"),
        Figure("projection in memory, from the beginning", "events/s", speed, goal="over 50,000"),
    ]
