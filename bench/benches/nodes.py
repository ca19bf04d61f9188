"""What does a durable command wait when three nodes write to one SQLite store?

Three processes on one directory, a client of all three. As many commands as go with 1,024 in flight; then half as many at fixed instants.
Whoever lost his lease or his place in the view would be seen in the view's epoch.
"""
import contextlib

from benches._load import Troupe, per_second
from harness import machine
from harness.machine import Failed
from harness.report import Figure

COMMANDS = 200_000
SECONDS = 10


@contextlib.contextmanager
def three(troupe):
    with machine.scratch() as store, contextlib.ExitStack() as stack:
        nodes = [stack.enter_context(troupe.on(store, 1, f"number={n}", spread=True)) for n in (1, 2, 3)]
        ports = ",".join(node.server.ports for node in nodes)
        yield lambda what, *options: machine.client(troupe.program, what, troupe.certificates, ports, *options, core=None)


def run(runs):
    troupe = Troupe()
    most, late, latest = [], [], []
    for _ in range(runs):
        with three(troupe) as load:
            most.append(per_second(load("durable", 1_024, COMMANDS)))
        with three(troupe) as load:
            half = load("paced", int(most[-1] / 2), SECONDS)
            if not half["keeps_leases"]:
                raise Failed("a node lost its lease or its place in the view")
            late.append(half["p99_us"] / 1e3)
            latest.append(half["max_us"] / 1e3)
    return [
        Figure("durable commands of three nodes on one SQLite store, 1,024 in flight", "commands/s", most),
        Figure("p99 at half of that load", "ms", late, goal="under 25"),
        Figure("the longest of them", "ms", latest),
    ]
