"""How many durable commands a second does a node acknowledge, and what share of a bare SQLite log is that?

An event-sourced entity, a 200-byte event a command, SQLite with synchronous=FULL, the caller in another process with 1,024
in flight. The floor appends the same rows in rowid order, 256 a commit, on the same disk.
"""
from benches._load import Troupe, per_second
from harness import machine
from harness.report import Figure

COMMANDS = 400_000
ROWS = 1_000_000


def run(runs):
    troupe, bare = Troupe(), machine.product("floor", "sqlite-log")
    commands, rows = [], []
    for _ in range(runs):
        with machine.scratch() as folder:
            result = machine.client(bare, folder / "log.sqlite", ROWS, core=0)
            rows.append(result["rows"] / result["seconds"])
        with troupe.serving() as load:
            commands.append(per_second(load("durable", 1_024, COMMANDS)))
    floor = Figure("bare SQLite log, 256 rows of 200 bytes a commit", "rows/s", rows)
    ours = Figure("durable commands, 1,024 in flight", "commands/s", commands)
    return [ours.compare(floor, "bare SQLite log", "0.20"), floor]
