"""How many calls a second does Erlang/OTP make over TLS with the same work, and Troupe beside it?

10,000 gen_servers on one node, called from another over distribution with TLS 1.3 and certificates on both sides, pinned as ours are; with
gen_server:call, which watches the callee, and with bare messages, which do not. Ours are read against the faster of the two. Needs Erlang
(Debian: erlang-base, erlang-ssl); grpc-swift is in `calls`. A run takes about 25 s.
"""
import shutil

from benches._load import Erlang, Troupe, per_second
from harness.report import Figure

CALLS = {1: 20_000, 64: 500_000, 1_024: 1_500_000}
ERLANG_CALLS = {1: 20_000, 64: 150_000, 1_024: 150_000}
WAYS = {"call": "gen_server:call", "send": "bare messages"}
GOALS = {64: "at least 3", 1_024: "at least 15"}


def run(runs):
    if not shutil.which("erl"):
        print("  Erlang is not installed (Debian: apt-get install --no-install-recommends erlang-base erlang-ssl): nothing is compared")
        return []
    troupe, erlang = Troupe(), Erlang()
    rates, version = {}, ""
    for _ in range(runs):
        for in_flight in CALLS:
            with erlang.serving() as load:
                for way in WAYS:
                    result = load(in_flight, ERLANG_CALLS[in_flight], way)
                    rates.setdefault((way, in_flight), []).append(per_second(result))
                    version = f"Erlang/OTP {result['otp']}, ssl {result['ssl']}"
            with troupe.serving() as load:
                rates.setdefault(("troupe", in_flight), []).append(per_second(load("calls", "sync", in_flight, CALLS[in_flight])))
    print(f"  {version}")
    figures = []
    for n in CALLS:
        theirs = [Figure(f"Erlang/OTP, TLS 1.3, {word}, {n:,} in flight", "calls/s", rates[way, n]) for way, word in WAYS.items()]
        ours = Figure(f"calls, synchronous, {n:,} in flight", "calls/s", rates["troupe", n])
        figures += [ours.compare(max(theirs, key=lambda f: f.median), version, GOALS.get(n, "")), *theirs]
    return figures
