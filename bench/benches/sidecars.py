"""What does a mesh cost a call, beside what a call costs that needs none?

grpc-swift without TLS, straight and through two HAProxy sidecars that speak mTLS to each other, the caller's on the caller's core and the
callee's on the callee's; and Troupe with mTLS of its own. Latency is the median with one call in flight, CPU that of all processes with 64
in flight. Needs HAProxy (Debian: haproxy). A run takes about 25 s.
"""
import resource
import shutil

from benches._load import GRPC, Sidecars, Troupe
from harness import machine
from harness.report import Figure

ONE, MANY, IN_FLIGHT = 3_000, 30_000, 64
TROUPE_ONE, TROUPE_MANY = 40_000, 1_000_000
ALL = 1.1  # the loads make a tenth more, to warm up


def client_seconds():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def cpu_a_call(servers, load, calls):
    """Microseconds of CPU a call, of all processes."""
    before = sum(s.cpu_seconds() for s in servers) + client_seconds()
    load(calls)
    return (sum(s.cpu_seconds() for s in servers) + client_seconds() - before) * 1e6 / (calls * ALL)


def run(runs):
    if not shutil.which("haproxy"):
        print("  HAProxy is not installed (Debian: apt-get install --no-install-recommends haproxy): nothing is compared")
        return []
    grpc, sidecars, troupe = GRPC(plaintext=True), Sidecars(), Troupe()
    late, cpu = {}, {}

    def measure(name, servers, one, many):
        late.setdefault(name, []).append(one()["p50_us"])
        cpu.setdefault(name, []).append(cpu_a_call(servers, *many))

    for _ in range(runs):
        with grpc.serving() as load:
            measure("straight", [load.server], lambda: load(1, ONE), (lambda calls: load(IN_FLIGHT, calls), MANY))
            with sidecars.before(load.server.ports) as pair:
                through = lambda *options: load(*options, port=pair[0].ports)
                measure("mesh", [load.server, *pair], lambda: through(1, ONE), (lambda calls: through(IN_FLIGHT, calls), MANY))
        with troupe.serving() as load:
            calls = lambda in_flight, count: load("calls", "sync", in_flight, count)
            measure("troupe", [load.server], lambda: calls(1, TROUPE_ONE), (lambda count: calls(IN_FLIGHT, count), TROUPE_MANY))
    print(f"  {machine.version('haproxy', '-v')}")
    return figures(late, "µs (p50)", "latency") + figures(cpu, "µs", "CPU of a call")


def figures(values, unit, what):
    added = [mesh - straight for mesh, straight in zip(values["mesh"], values["straight"])]
    straight = Figure(f"{what}: grpc-swift without TLS", unit, values["straight"])
    mesh = Figure(f"{what}: the same through two mTLS sidecars", unit, values["mesh"])
    ours = Figure(f"{what}: Troupe with mTLS, all of it", unit, values["troupe"])
    extra = Figure(f"{what}: what the sidecars add", unit, added)
    return [mesh.compare(straight, "without sidecars"), straight, extra, ours.compare(extra, "what the sidecars add", "under 1")]
