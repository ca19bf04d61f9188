"""How soon does a node answer again, and how fast do its entities come back?

1,000,000 durable entities with one event of 200 bytes each, one more with 100,000 events, on SQLite. The node is stopped, or killed with
`kill -9`, and started again on the same store; a client asks one entity as soon as the node says that it is ready, then 200,000 others once
each with 1,024 in flight. What the log takes on the disk, and the entities in memory, is read on the way.
"""
import signal
import time

from benches._load import Troupe, per_second
from harness import machine
from harness.report import Figure

ENTITIES = 1_000_000
ASKED = 200_000
EVENTS = 100_000


def size(folder):
    return sum(f.stat().st_size for f in folder.rglob("*") if f.is_file())


def until_answer(troupe, store):
    """Seconds from the start of the process to the first answer, and what that client then sees of the long-lived one."""
    started = time.monotonic()
    with troupe.on(store, 1, "keeps-all") as load:
        load("first", "ledger-77")
        yield time.monotonic() - started
        yield load


def run(runs):
    troupe = Troupe()
    stopped, killed, back, long, disk, memory = [], [], [], [], [], []
    for _ in range(min(runs, 3)):
        with machine.scratch() as store:
            with troupe.on(store, 1, "keeps-all") as load:
                empty = load.server.resident_bytes()
                load("ledgers", 0, ENTITIES)
                memory.append((load.server.resident_bytes() - empty) / 1e6)
                load("history", "long", EVENTS)
            disk.append(size(store) / 1e6 / ((ENTITIES + EVENTS) / 1e6))
            steps = until_answer(troupe, store)
            stopped.append(next(steps))
            load = next(steps)
            load("first", "long")
            load.server.process.send_signal(signal.SIGKILL)
            steps.close()
            steps = until_answer(troupe, store)
            killed.append(next(steps))
            load = next(steps)
            long.append(load("first", "long")["first_us"] / 1e3)
            back.append(per_second(load("ask", 100_000, ASKED)))
            steps.close()
    return [
        Figure("from the start of a node that was stopped to its first answer", "s", stopped, goal="under 2"),
        Figure("the same after kill -9", "s", killed, goal="under 2"),
        Figure("entities read back, cold, 1,024 in flight", "entities/s", back, goal="over 20,000"),
        Figure("first answer of an entity of 100,000 events", "ms", long, goal="under 50"),
        Figure("disk a million events and entities, log and snapshots", "MB", disk),
        Figure("memory of a million durable entities", "MB", memory),
    ]
