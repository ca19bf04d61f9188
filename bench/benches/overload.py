"""What is answered in time when more comes than a node can do?

Calls come at a rate that does not ask whether earlier ones are answered; each keeps the node's one loop busy for 50 us and is worth
nothing after a second. The same with load shedding turned off. Draws bench/results/overload.svg. Three runs of each point take
three minutes.
"""
import pathlib
import statistics

from benches._load import Troupe
from harness import machine, plot
from harness.report import Figure

BURN = 50  # microseconds of a call
TIMES = {"sheds": (0.5, 1, 2, 3, 5), "keeps-all": (1, 3, 5)}
SECONDS = 3
RUNS = 3  # of each point: the curve has many


def curve(troupe, capacity, runs, mode):
    goodput, late = {times: [] for times in TIMES[mode]}, {times: [] for times in TIMES[mode]}
    for _ in range(min(runs, RUNS)):
        for times in TIMES[mode]:
            with troupe.serving(1, *([] if mode == "sheds" else [mode])) as load:
                result = load("overload", int(times * capacity), BURN, SECONDS)
            goodput[times].append(result["answered"] / result["seconds"])
            late[times].append(result["p99_us"] / 1e3)
    for times in TIMES[mode]:
        print(f"  {mode:9}  {times:3} times: {statistics.median(goodput[times]):8,.0f}/s, "
              f"p99 {statistics.median(late[times]):7,.1f} ms", flush=True)
    return goodput, late


def run(runs):
    troupe = Troupe()
    capacity = 1_000_000 // BURN
    goodput, late = curve(troupe, capacity, runs, "sheds")
    kept, kept_late = curve(troupe, capacity, runs, "keeps-all")
    points = lambda values: [(times, statistics.median(values[times])) for times in values]
    plot.write(pathlib.Path(machine.BENCH / "results" / "overload.svg"), [
        plot.Panel("Answered within a second, calls/s", "offered, times the capacity", "calls/s",
                   {"sheds": points(goodput), "keeps all": points(kept)}),
        plot.Panel("p99 of what is answered, ms", "offered, times the capacity", "ms",
                   {"sheds": points(late), "keeps all": points(kept_late)}, logarithmic=True),
    ])
    peak = Figure("goodput at its peak", "calls/s", max(goodput.values(), key=statistics.median))
    return [
        peak,
        Figure("goodput at 5 times the capacity", "calls/s", goodput[5]).compare(peak, "the peak", goal="0.80"),
        Figure("goodput at 5 times, keeping all", "calls/s", kept[5]).compare(peak, "the peak"),
        Figure("p99 of what is answered at 5 times", "ms", late[5]),
    ]
