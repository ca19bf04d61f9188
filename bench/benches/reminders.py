"""What do a million pending reminders take at one node, and how late are others beside them?

A million entities with a reminder in an hour or more; then 1,000 a second for 10 seconds become due, before and after the node has been killed
with `kill -9` and started again. A reminder is late by the wall clock of its node when its command runs.
"""
import signal

from benches._load import Troupe, per_second
from harness import machine
from harness.report import Figure

PENDING = 1_000_000
RATE, SECONDS = 1_000, 10


def run(runs):
    troupe = Troupe()
    rate, memory, p50, p99, most, again = [], [], [], [], [], []
    for _ in range(min(runs, 3)):
        with machine.scratch() as store:
            with troupe.on(store, 1, "keeps-all") as load:
                empty = load.server.resident_bytes()
                rate.append(per_second(load("remind", 0, PENDING)))
                memory.append((load.server.resident_bytes() - empty) / 1e6)
                rung = load("ring", RATE, SECONDS)
                p50.append(rung["p50_ms"])
                p99.append(rung["p99_ms"])
                most.append(rung["max_ms"])
                load.server.process.send_signal(signal.SIGKILL)
            with troupe.on(store, 1, "keeps-all") as load:
                again.append(load("ring", RATE, SECONDS)["p99_ms"])
    return [
        Figure("commands that set a reminder, 1,024 in flight", "commands/s", rate),
        Figure("memory of a million entities, each with a reminder", "MB", memory),
        Figure("how late beside them, 1,000 a second, p50", "ms", p50),
        Figure("the same, p99", "ms", p99),
        Figure("the latest", "ms", most),
        Figure("p99 after kill -9 and a restart", "ms", again),
    ]
