"""Does a restart of one node after the other fail a command, and what do callers feel of it?

Three nodes on one SQLite store, one client that sends durable commands at fixed instants: half as many as go with 1,024 in flight, then a
tenth. While they come each node is asked to end (SIGTERM), gives its shards away, ends and is started again; once the shares are even, the next.
The first command of an entity that another node has run than the one before has met a move, and what it waited counts, from when it was due.
The same commands without any restart come first. The load goes on until the last node is back, or the run counts for nothing.
"""
import signal
import threading
import time

from benches._load import Troupe, per_second
from benches.failover import COMMANDS, LOADS, Three
from harness import machine
from harness.report import Figure

SECONDS = 60
CALM = 10
NODES = (1, 2, 3)
END_WITHIN = 60


class Rolled:
    """What restarts cost, at one load."""

    def __init__(self):
        self.ends, self.whole, self.failed, self.met, self.meanwhile, self.calm = [], [], [], [], [], []

    def add(self, nodes, rate):
        self.calm.append(nodes.client("moves", rate, CALM)["all_us"][1] / 1e3)
        told = {}
        load = threading.Thread(target=lambda: told.update(nodes.client("moves", rate, SECONDS)))
        load.start()
        time.sleep(2)
        times = [self.restart(nodes, number) for number in NODES]
        if not load.is_alive():
            raise machine.Failed(f"{SECONDS} s of load ended before the last node was back")
        load.join()
        if not told:
            raise machine.Failed("the client that sends the commands has failed")
        self.ends.append(max(end for end, _ in times))
        self.whole.append(max(whole for _, whole in times))
        self.failed.append(told["offered"] - told["answered"])
        self.met.append(told["met_us"][1] / 1e3)
        self.meanwhile.append(told["all_us"][1] / 1e3)
        if told["failed"]:
            print(f"failed at {rate} commands a second: {told['failed']}")

    def restart(self, nodes, number):
        """Seconds until it has ended, and until it is back with its share."""
        began = time.monotonic()
        process = nodes.servers[number].process
        process.send_signal(signal.SIGTERM)
        if process.wait(END_WITHIN):
            raise machine.Failed(f"node {number} ended with {process.returncode}")
        ended = time.monotonic()
        nodes.start(number)
        nodes.client("settle", len(NODES))
        return ended - began, time.monotonic() - began

    def figures(self, load):
        return [
            Figure(f"at {load}: commands that failed", "commands", self.failed, goal="0"),
            Figure(f"at {load}: from SIGTERM to the end of a node, the longest", "s", self.ends),
            Figure(f"at {load}: until it is back with its share, the longest", "s", self.whole),
            Figure(f"at {load}: what a command that met a move waited, p99", "ms", self.met),
            Figure(f"at {load}: p99 of all commands meanwhile", "ms", self.meanwhile),
            Figure(f"at {load}: the same, nobody restarts", "ms", self.calm),
        ]


def run(runs):
    troupe = Troupe()
    rolled = {share: Rolled() for share in LOADS}
    for _ in range(runs):
        with machine.scratch() as store, Three(troupe, store) as nodes:
            nodes.client("settle", len(NODES))
            most = per_second(nodes.client("durable", 1_024, COMMANDS))
            for share, story in rolled.items():
                story.add(nodes, int(most * share))
    return [figure for share, story in rolled.items() for figure in story.figures(LOADS[share])]
