"""How many durable commands a second does a node acknowledge, and what share of a bare SQLite log is that?

An event-sourced entity, a 200-byte event a command, SQLite with synchronous=FULL, the caller in another process with 1,024
in flight. The floor appends the same rows in rowid order, 256 a commit, on the same disk. Then commands at fixed instants, half as many
as went, and one at a time beside a commit of one row and a call that is not durable.
"""
from benches._load import Troupe, per_second
from harness import machine
from harness.report import Figure

COMMANDS = 400_000
ROWS = 1_000_000
SECONDS = 10
ALONE = 5_000


def run(runs):
    troupe, bare = Troupe(), machine.product("floor", "sqlite-log")
    commands, rows, late, latest, alone, least = [], [], [], [], [], []
    for _ in range(runs):
        with machine.scratch() as folder:
            result = machine.client(bare, folder / "log.sqlite", ROWS, core=0)
            rows.append(result["rows"] / result["seconds"])
        with troupe.serving() as load:
            commands.append(per_second(load("durable", 1_024, COMMANDS)))
        with troupe.serving() as load:
            half = load("paced", int(commands[-1] / 2), SECONDS)
            late.append(half["p99_us"] / 1e3)
            latest.append(half["max_us"] / 1e3)
        with machine.scratch() as folder:
            result = machine.client(bare, folder / "log.sqlite", ALONE, 1, core=0)
            commit = result["seconds"] / result["rows"] * 1e6
        with troupe.serving() as load:
            call = load("calls", "sync", 1, ALONE)
            least.append(commit + call["seconds"] / call["calls"] * 1e6)
            one = load("durable", 1, ALONE)
            alone.append(one["seconds"] / one["calls"] * 1e6)
    floor = Figure("bare SQLite log, 256 rows of 200 bytes a commit", "rows/s", rows)
    ours = Figure("durable commands, 1,024 in flight", "commands/s", commands)
    both = Figure("one bare commit of one row plus one call", "us", least)
    return [
        ours.compare(floor, "bare SQLite log", "0.35"), floor,
        Figure("p99 at half of that load", "ms", late, goal="under 10"),
        Figure("the longest of them", "ms", latest),
        Figure("one in flight", "us", alone).compare(both, "a commit and a call", "1.3"), both,
    ]
