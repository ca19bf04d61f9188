"""What do 3, 30 and 100 members ask of the store and of the network when nobody calls them?

A simulated cluster of real nodes with 1,024 shards and one client, counted over 60 virtual seconds after it has come to rest: two runs, of which the longer
one is 60 s longer. Simulated, so there is no spread.
"""
import json
import subprocess

from benches._load import Troupe
from harness.report import Figure

SETTLED, LONGER = 60, 120


def run(runs):
    program = Troupe().program

    def cost(nodes, seconds):
        printed = subprocess.run([str(program), "members", "-", str(nodes), str(seconds)], capture_output=True, text=True, check=True)
        return json.loads(printed.stdout)

    figures = []
    for nodes in (3, 30, 100):
        short, long = cost(nodes, SETTLED), cost(nodes, LONGER)
        seconds = long["virtual_seconds"] - short["virtual_seconds"]
        for what, unit in (("store_requests", "requests/s"), ("network_bytes", "bytes/s")):
            figures.append(Figure(f"{what.replace('_', ' ')} of {nodes} idle members", unit, [(long[what] - short[what]) / seconds]))
    return figures
