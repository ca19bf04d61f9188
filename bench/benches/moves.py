"""What do callers feel while shards move without pause?

Three nodes on one SQLite store; durable commands at fixed instants, half as many as go with 1,024 in flight. One node after the other is given
no weight and then its weight again, each order as soon as the shards have followed the last, so that some move all the time. The first command
of an entity that another node has run than the one before has met a move, and what it waited counts, from when it was due; those that waited for
more than 5 ms also by themselves, since most moves are over before an entity is called again. In the same run the same commands without any move,
and how many go with 1,024 in flight, with and without.
"""
import json
import subprocess

from benches._load import Troupe, per_second
from benches.failover import Three
from harness import machine
from harness.report import Figure

COMMANDS = 200_000
SECONDS = 60


class Shuffling:
    """Shards move for as long as a command takes."""

    def __init__(self, troupe, nodes, seconds):
        ports = ",".join(server.ports for server in nodes.servers.values())
        self.command = [str(c) for c in (troupe.program, "shuffle", troupe.certificates, ports, seconds)]

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, text=True)
        return self

    def __exit__(self, *_):
        told, _ = self.process.communicate(timeout=machine.RUN_WITHIN)
        if self.process.returncode:
            raise machine.Failed(f"{' '.join(self.command)} ended with {self.process.returncode}: {told[-1000:]}")
        self.moved = json.loads(told.strip().splitlines()[-1])["moved"]


def run(runs, seconds=SECONDS):
    troupe = Troupe()
    calm, moved, shards, met, waits, waited, longest, failed, still, shuffled = ([] for _ in range(10))
    for _ in range(runs):
        with machine.scratch() as store, Three(troupe, store) as nodes:
            nodes.client("settle", 3)
            nodes.client("durable", 1_024, COMMANDS)
            still.append(per_second(nodes.client("durable", 1_024, COMMANDS)))
            rate = int(still[-1] / 2)
            calm.append(nodes.client("moves", rate, 10)["all_us"][1] / 1e3)
            with Shuffling(troupe, nodes, seconds) as shuffling:
                told = nodes.client("moves", rate, seconds)
            moved.append(told["all_us"][1] / 1e3)
            shards.append(shuffling.moved)
            met.append(told["met_us"][1] / 1e3)
            waits.append(told["waits"] / max(1, told["moves"]) * 100)
            waited.append(told["waited_us"][1] / 1e3)
            longest.append(told["met_us"][2] / 1e3)
            failed.append(told["offered"] - told["answered"])
            nodes.client("settle", 3)
            with Shuffling(troupe, nodes, int(COMMANDS / still[-1]) + 1):
                shuffled.append(per_second(nodes.client("durable", 1_024, COMMANDS)))
    whole = Figure("the same, nothing moves", "commands/s", still)
    return [
        Figure(f"shards that moved within {seconds} s", "shards", shards),
        Figure("commands that failed", "commands", failed, goal="0"),
        Figure("what a command that met a move waited, p99", "ms", met, goal="under 50"),
        Figure("share of those that waited for more than 5 ms", "%", waits),
        Figure("of these alone, p99", "ms", waited, goal="under 50"),
        Figure("the longest", "ms", longest),
        Figure("p99 of all commands meanwhile", "ms", moved), Figure("the same, nothing moves", "ms", calm),
        Figure("durable commands, 1,024 in flight, while shards move", "commands/s", shuffled).compare(whole, "undisturbed", "0.8"), whole,
    ]
