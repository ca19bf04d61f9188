"""How many times faster than real time does a simulated cluster run?

Five nodes on a quiet network, 200 entities, about 1,000 calls a virtual second for 60 virtual seconds, without faults; starting the cluster, and judging
what its clients saw, included. One thread.
"""
import json
import subprocess

from benches._load import Troupe
from harness.report import Figure

SECONDS = 60


def run(runs):
    program = Troupe().program
    faster, rate = [], []
    for seed in range(1, runs + 1):
        printed = subprocess.run([str(program), "simulate", "-", str(seed), str(SECONDS)], capture_output=True, text=True, check=True)
        result = json.loads(printed.stdout)
        faster.append(result["virtual_seconds"] / result["seconds"])
        rate.append(result["calls"] / result["virtual_seconds"])
    return [
        Figure("simulated cluster, times faster than real time", "times", faster, goal="at least 300"),
        Figure("calls a virtual second in it", "calls/s", rate),
    ]
