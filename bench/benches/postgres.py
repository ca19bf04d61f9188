"""How many durable commands a second does a node acknowledge on PostgreSQL, and what share of a bare libpq pipeline is that?

A server of its own on this machine's disk with its defaults (fsync, synchronous_commit), reached on a socket. The caller has 1,024 commands
of 200 bytes in flight; the floor inserts rows as large into the same table, 256 a commit, four commits under way. Then commands at fixed
instants, half as many as went: on the server as it was made, which has to make a file of 16 MiB for its write-ahead log every second, in
the midst of a commit; and after a checkpoint, when it writes the old ones again, as a server does that has run for a while. The server
shares both cores with whoever calls it.
"""
import contextlib
import os
import pathlib
import shutil
import subprocess
import time

from benches._load import Troupe, per_second
from harness import machine
from harness.machine import Failed
from harness.report import Figure

COMMANDS = 100_000
ROWS = 100_000
SECONDS = 10
WAL_FILES = "512MB"  # that a checkpoint leaves for what comes


def programs():
    found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name))
    if not found:
        raise Failed("PostgreSQL is not installed: Debian's package `postgresql`")
    return found[-1]


@contextlib.contextmanager
def server():
    """As `postgres` where we are root: it refuses root."""
    with machine.scratch() as folder:
        as_whom = []
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
            as_whom = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
        data, port = folder / "data", machine.free_port()
        make = [*as_whom, programs() / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "--locale=C", "-E", "UTF8"]
        made = subprocess.run([str(c) for c in make], capture_output=True, text=True, cwd="/")
        if made.returncode:
            raise Failed(made.stderr)
        start = [*as_whom, programs() / "postgres", "-D", data, "-p", port, "-k", folder, "-h", "127.0.0.1", "-c", f"min_wal_size={WAL_FILES}"]
        process = subprocess.Popen([str(c) for c in start], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")
        try:
            machine.await_port(port)
            time.sleep(1)  # it listens a moment before it takes connections
            yield f"host=127.0.0.1 port={port} user=postgres dbname=postgres"
        finally:
            process.terminate()
            process.wait()


def checkpoint(where):
    subprocess.run([str(programs() / "psql"), where, "-qc", "CHECKPOINT"], check=True, capture_output=True)


def run(runs):
    troupe, bare = Troupe(), machine.product("floor", "postgres-log")
    commands, rows, fresh, late, latest = [], [], [], [], []
    for _ in range(min(runs, 3)):
        with server() as where:
            with troupe.on("postgres:" + where, spread=True) as load:
                commands.append(per_second(load("durable", 1_024, COMMANDS)))
            result = machine.client(bare, where, ROWS, core=None)
            rows.append(result["rows"] / result["seconds"])
            with troupe.on("postgres:" + where, spread=True) as load:
                fresh.append(load("paced", int(commands[-1] / 2), SECONDS)["p99_us"] / 1e3)
                checkpoint(where)
                half = load("paced", int(commands[-1] / 2), SECONDS)
                late.append(half["p99_us"] / 1e3)
                latest.append(half["max_us"] / 1e3)
    floor = Figure("bare libpq pipeline, 256 rows a commit", "rows/s", rows)
    return [
        Figure("durable commands on PostgreSQL, 1,024 in flight", "commands/s", commands).compare(floor, "bare libpq pipeline", "0.50"),
        floor,
        Figure("p99 at half of that load, log files there", "ms", late, goal="under 10"),
        Figure("the longest of them", "ms", latest),
        Figure("p99 at half of that load, log files being made", "ms", fresh),
    ]
