"""How soon after kill -9 do a node's entities answer again, and what do the others' callers feel?

Three nodes on one SQLite store, one client that sends durable commands at fixed instants, half as many as go. Two seconds to warm up, three
more, then a node is killed; six seconds later every ledger is asked how many entries it has, and all that was acknowledged must be there. The
node is started again, and once the shares are even the next one is killed: twenty kills a run. An entity's time counts from the kill to the
first answer that its callers get, however often their calls had to be sent.
"""
import statistics

from benches._load import Troupe, per_second
from harness import machine
from harness.report import Figure

COMMANDS = 200_000
KILLS = 20


class Three:
    """Nodes that are killed and started again on one store."""

    def __init__(self, troupe, store):
        self.troupe, self.store, self.servers = troupe, store, {}

    def __enter__(self):
        for number in (1, 2, 3):
            self.start(number)
        return self

    def start(self, number):
        command = (self.troupe.program, "node", self.troupe.certificates, self.store, 1, f"number={number}")
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


def run(runs):
    troupe = Troupe()
    half, ninety_nine, last, silent, ratio, failed, lost, twice = [], [], [], [], [], [], [], []
    for _ in range(runs):
        with machine.scratch() as store, Three(troupe, store) as nodes:
            nodes.client("settle", 3)
            rate = int(per_second(nodes.client("durable", 1_024, COMMANDS)) / 2)
            told = [nodes.kill(1 + number % 3, rate) for number in range(KILLS)]
        firsts = [first for one in told for first in one["firsts_ms"]]
        half.append(quantile(firsts, 0.5))
        ninety_nine.append(quantile(firsts, 0.99))
        last.append(max(firsts) / 1e3)
        silent.append(sum(one["entities"] - len(one["firsts_ms"]) for one in told))
        ratio.append(statistics.median(one["others_during_us"] / one["others_before_us"] for one in told))
        failed.append(sum(sum(one["failed"].values()) for one in told) / sum(one["offered"] for one in told) * 100)
        lost.append(sum(one["lost"] for one in told))
        twice.append(sum(one["twice"] for one in told))
    return [
        Figure("from kill -9 to the first answer of an entity of the dead node, p50", "s", half, goal="under 1.8"),
        Figure("the same, p99", "s", ninety_nine, goal="under 2.5"),
        Figure("the last entity's", "s", last),
        Figure("entities that did not answer within six seconds", "entities", silent, goal="0"),
        Figure("p99 of commands to the other nodes' entities meanwhile, of that before", "times", ratio, goal="under 2"),
        Figure("commands that failed by name, of all", "%", failed),
        Figure("acknowledged commands that are gone", "commands", lost, goal="0"),
        Figure("commands that took effect twice", "commands", twice, goal="0"),
    ]
