"""How often does a call ask the allocator for memory, at the client and at the node?

A library that is preloaded counts in both processes. Each figure is the difference between a long run and a short one, so that what starting,
connecting and making entities takes is not in it. A run takes about 15 s.
"""
import struct

from benches._load import Troupe
from harness import machine
from harness.report import Figure

SHORT, LONG = 100_000, 400_000
ALL = 1.1  # the load makes a tenth more, to warm up
IN_FLIGHT = (64, 1_024)


class Count:
    """The allocations of one process."""

    def __init__(self, library, path):
        self.path = path
        self.environment = {"LD_PRELOAD": str(library), "COUNT_ALLOCATIONS": str(path)}

    def read(self):
        return struct.unpack("<Q", self.path.read_bytes())[0]


def per_call(troupe, library, folder, kind, in_flight):
    at_node, grown = Count(library, folder / "node"), {}
    with troupe.serving(environment=at_node.environment) as load:
        load("calls", kind, in_flight, SHORT)
        for calls in (SHORT, LONG):
            at_client = Count(library, folder / f"client-{calls}")
            before = at_node.read()
            load("calls", kind, in_flight, calls, environment=at_client.environment)
            grown[calls] = (at_client.read(), at_node.read() - before)
    calls = (LONG - SHORT) * ALL
    return [(long - short) / calls for long, short in zip(grown[LONG], grown[SHORT])]


def run(runs):
    troupe, library = Troupe(), machine.product("floor", "count-allocations")
    figures = []
    for kind, word in (("sync", "synchronous"), ("async", "async")):
        for in_flight in IN_FLIGHT:
            counted = []
            for _ in range(runs):
                with machine.scratch() as folder:
                    counted.append(per_call(troupe, library, folder, kind, in_flight))
            name = f"{word}, {in_flight:,} in flight"
            goal = "under 4" if kind == "sync" else ""
            figures.append(Figure(f"allocations of a call, both sides, {name}", "", [sum(c) for c in counted], goal=goal))
            figures.append(Figure(f"of them at the client, {name}", "", [c[0] for c in counted]))
            figures.append(Figure(f"of them at the node, {name}", "", [c[1] for c in counted]))
    return figures
