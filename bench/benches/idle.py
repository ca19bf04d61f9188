"""How much memory does an idle entity take, and a node with a million of them?

A client in another process calls 1,000,000 entities once; the difference in resident memory is theirs.
"""
from benches._load import Troupe
from harness.machine import Failed
from harness.report import Figure

ENTITIES = 1_000_000


def run(runs):
    troupe = Troupe()
    each, whole = [], []
    for _ in range(runs):
        with troupe.serving() as load:
            load("fill", 0, 10_000)  # what a connection and the code need is there before we count
            before = load.server.resident_bytes()
            result = load("fill", 10_000, ENTITIES)
            if result["entities"] < ENTITIES:
                raise Failed(f"the node holds {result['entities']:,} entities, not {ENTITIES:,}: they are not all idle in memory")
            after = load.server.resident_bytes()
            each.append((after - before) / ENTITIES)
            whole.append(after / 1e6)
    return [
        Figure("idle volatile entity", "bytes", each, goal="under 600"),
        Figure("node with 1,000,000 idle entities", "MB resident", whole, goal="under 1,000"),
    ]
