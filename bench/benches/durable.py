"""How many durable commands a second does a node acknowledge, and what share of a bare SQLite log is that?

An event-sourced entity, a 200-byte event a command, SQLite with synchronous=FULL, the caller in another process with 1,024 in flight, both on
whichever core is free: a node's disk has a thread of its own. The floor appends the same rows in rowid order, 256 a commit, on the same disk.
Then the same with the node on one core; commands at fixed instants, half as many as went; and one at a time, of entities that are in memory,
beside commits of one row and calls that are not durable, in turns.
"""
import statistics

from benches._load import Troupe, per_second
from harness import machine
from harness.report import Figure

COMMANDS = 400_000
ROWS = 1_000_000
SECONDS = 10
ALONE = 2_000
ROUNDS = 5
WARM = 10_240  # every entity once, so that none is looked for in the store while one command at a time is timed


def alone(troupe, bare):
    """What a commit and a call take, and what a command takes, us: a round of each, and again."""
    least, ours = [], []
    with troupe.serving() as load:
        load("durable", 256, WARM)
        for _ in range(ROUNDS):
            with machine.scratch() as folder:
                commit = machine.client(bare, folder / "log.sqlite", ALONE, 1, core=0)
            call, command = load("calls", "sync", 1, ALONE), load("durable", 1, ALONE)
            least.append(commit["seconds"] / commit["rows"] * 1e6 + call["seconds"] / call["calls"] * 1e6)
            ours.append(command["seconds"] / command["calls"] * 1e6)
    return statistics.median(least), statistics.median(ours)


def run(runs):
    troupe, bare = Troupe(), machine.product("floor", "sqlite-log")
    commands, pinned, rows, late, latest, ours, least = [], [], [], [], [], [], []
    for _ in range(runs):
        with machine.scratch() as folder:
            result = machine.client(bare, folder / "log.sqlite", ROWS, core=0)
            rows.append(result["rows"] / result["seconds"])
        with troupe.anywhere() as load:
            commands.append(per_second(load("durable", 1_024, COMMANDS)))
        with troupe.serving() as load:
            pinned.append(per_second(load("durable", 1_024, COMMANDS)))
        with troupe.anywhere() as load:
            half = load("paced", int(commands[-1] / 2), SECONDS)
            late.append(half["p99_us"] / 1e3)
            latest.append(half["max_us"] / 1e3)
        both, one = alone(troupe, bare)
        least.append(both)
        ours.append(one)
    floor = Figure("bare SQLite log, 256 rows of 200 bytes a commit", "rows/s", rows)
    commit_and_call = Figure("one bare commit of one row plus one call", "us", least)
    return [
        Figure("durable commands, 1,024 in flight", "commands/s", commands).compare(floor, "bare SQLite log", "0.35"), floor,
        Figure("the same, the node on one core", "commands/s", pinned).compare(floor, "bare SQLite log"),
        Figure("p99 at half of that load", "ms", late, goal="under 10"),
        Figure("the longest of them", "ms", latest),
        Figure("one in flight", "us", ours).compare(commit_and_call, "a commit and a call", "1.3"), commit_and_call,
    ]
