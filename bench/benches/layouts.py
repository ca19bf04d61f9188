"""What does the layout of a log in SQLite cost an append, and what does it save a reader?

Rows of 200 bytes for 1,024 shards in no order, 256 a commit, synchronous=FULL, in C: chained in the order of commits (ours), the same with an
index, clustered by shard, clustered by entity. Then whole shards are read, and single entities, of which a shard has 100.
"""
from harness import machine
from harness.report import Figure

ROWS = 300_000
LAYOUTS = {
    "chain": "in the order of commits, chained by shard",
    "index": "in the order of commits, with an index",
    "shard": "clustered by shard and offset",
    "entity": "clustered by shard, entity and offset",
}


def run(runs):
    program = machine.product("floor", "sqlite-layouts")
    seen = {name: [] for name in LAYOUTS}
    for _ in range(min(runs, 3)):
        for name, results in seen.items():
            with machine.scratch() as folder:
                results.append(machine.client(program, folder / "log.sqlite", name, ROWS, core=0))

    def figures(what, unit, value):
        ours = Figure(f"{what}, {LAYOUTS['chain']}", unit, [value(r) for r in seen["chain"]])
        others = [Figure(f"{what}, {LAYOUTS[name]}", unit, [value(r) for r in seen[name]]) for name in LAYOUTS if name != "chain"]
        return [ours] + [other.compare(ours, "the chain") for other in others]

    return [
        *figures("appends", "rows/s", lambda r: r["rows"] / r["seconds"]),
        *figures("a row of a shard that is read whole", "us", lambda r: r["row_read_us"]),
        *figures("an entity's rows found", "us", lambda r: r["entity_us"]),
        *figures("the file", "MB", lambda r: r["bytes"] / 1e6),
    ]
