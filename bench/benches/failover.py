"""How soon after kill -9 do a node's entities answer again, and what do the others' callers feel?

Three nodes on one SQLite store, one client that sends durable commands at fixed instants: half as many as go with 1,024 in flight, which leaves
two cores nothing to spare for a take-over, then a tenth. Two seconds to warm up, three more, then a node is killed; six seconds later every
ledger is asked how many entries it has, and all that was acknowledged must be there. The node is started again, and once the shares are even
the next one is killed: ten kills a run and load. An entity's time counts from the kill to the first answer that its callers get to a command
that was due after it, however often it had to be sent.
"""
import statistics

from benches._load import Troupe, per_second
from harness import machine
from harness.report import Figure

COMMANDS = 200_000
KILLS = 10
LOADS = {0.5: "half of what goes", 0.1: "a tenth of it"}


class Three:
    """Nodes that are killed and started again on one store."""

    def __init__(self, troupe, store):
        self.troupe, self.store, self.servers = troupe, store, {}

    def __enter__(self):
        for number in (1, 2, 3):
            self.start(number)
        return self

    def start(self, number):
        command = (self.troupe.program, "node", self.troupe.certificates, self.store, 1, f"number={number}", "drains")
        self.servers[number] = machine.Server(*command, core=None).__enter__()

    def client(self, what, *options):
        ports = ",".join(server.ports for server in self.servers.values())
        return machine.client(self.troupe.program, what, self.troupe.certificates, ports, *options, core=None)

    def kill(self, number, rate):
        self.client("settle", 3)
        told = self.client("failover", rate, number, self.servers[number].process.pid)
        self.servers[number].process.wait()
        self.start(number)
        return told

    def __exit__(self, *_):
        for server in self.servers.values():
            server.__exit__()


def quantile(values, share):
    return sorted(values)[int((len(values) - 1) * share)] / 1e3


class Story:
    """What the kills of all runs told, at one load."""

    def __init__(self):
        self.half, self.ninety_nine, self.last, self.silent = [], [], [], []
        self.ratio, self.failed, self.lost, self.twice = [], [], [], []

    def add(self, told):
        firsts = [first for one in told for first in one["firsts_ms"]]
        self.half.append(quantile(firsts, 0.5))
        self.ninety_nine.append(quantile(firsts, 0.99))
        self.last.append(max(firsts) / 1e3)
        self.silent.append(sum(one["entities"] - len(one["firsts_ms"]) for one in told))
        self.ratio.append(statistics.median(one["others_during_us"] / one["others_before_us"] for one in told))
        self.failed.append(sum(sum(one["failed"].values()) for one in told) / sum(one["offered"] for one in told) * 100)
        self.lost.append(sum(one["lost"] for one in told))
        self.twice.append(sum(one["twice"] for one in told))

    def figures(self, load):
        return [
            Figure(f"at {load}: from kill -9 to the first answer of an entity of the dead node, p50", "s", self.half, goal="under 1.8"),
            Figure(f"at {load}: the same, p99", "s", self.ninety_nine, goal="under 2.5"),
            Figure(f"at {load}: the last entity's", "s", self.last),
            Figure(f"at {load}: entities that did not answer within six seconds", "entities", self.silent, goal="0"),
            Figure(f"at {load}: p99 of commands to others' entities meanwhile, of that before", "times", self.ratio, goal="under 2"),
            Figure(f"at {load}: commands that failed by name, of all", "%", self.failed),
            Figure(f"at {load}: acknowledged commands that are gone", "commands", self.lost, goal="0"),
            Figure(f"at {load}: commands that took effect twice", "commands", self.twice, goal="0"),
        ]


def run(runs):
    troupe = Troupe()
    stories = {share: Story() for share in LOADS}
    for _ in range(runs):
        with machine.scratch() as store, Three(troupe, store) as nodes:
            nodes.client("settle", 3)
            most = per_second(nodes.client("durable", 1_024, COMMANDS))
            for share, story in stories.items():
                story.add([nodes.kill(1 + number % 3, int(most * share)) for number in range(KILLS)])
    return [figure for share, story in stories.items() for figure in story.figures(LOADS[share])]
