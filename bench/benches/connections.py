"""How much memory does a link take that idles, TLS and all?

10,000 clients' worth of links to one loop of a node, from one process: handshake with certificates on both sides, HELLO, then nothing but
signs of life. The difference in the node's resident memory is theirs. What the kernel holds for a socket is not in it. A run takes
about 30 s, nearly all of it handshakes.
"""
from benches._load import Troupe
from harness import machine
from harness.report import Figure

LINKS = 10_000
FIRST = 200  # what the code itself needs is there before we count
OPEN_WITHIN = 120  # seconds


def run(runs):
    troupe, client = Troupe(), machine.product("floor", "tls-links")
    each, whole = [], []
    for _ in range(runs):
        with troupe.serving() as load:
            opened = lambda count: machine.Server(client, troupe.certificates, load.server.ports, count, core=1, ready_within=OPEN_WITHIN)
            with opened(FIRST):
                before = load.server.resident_bytes()
                with opened(LINKS):
                    after = load.server.resident_bytes()
            each.append((after - before) / LINKS / 1024)
            whole.append(after / 1e6)
    return [
        Figure("idle link with TLS", "KiB", each, goal="under 24"),
        Figure("node with 10,200 idle links", "MB resident", whole),
    ]
