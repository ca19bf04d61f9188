"""What does a call in a user's signed name cost, beside a call in nobody's, and what does it save to check a signature once?

The same calls as in `calls`, synchronous, 1,024 in flight, to a node that takes only signed identities: in nobody's name, in the
names of 10 users, and of 4,000, which still have an index each. Beside them, one signature check on one thread.
"""
from benches._load import Troupe, per_second
from harness import machine
from harness.report import Figure

CALLS = 1_000_000
CHECKS = 5_000
USERS = {0: "in nobody's name", 10: "of 10 users", 4_000: "of 4,000 users"}


def run(runs):
    troupe = Troupe()
    rates, checks = {users: [] for users in USERS}, []
    for _ in range(runs):  # what is compared runs right after one another
        for users in USERS:
            with troupe.serving(1, "signed") as load:
                rates[users].append(per_second(load("identities", users, 1_024, CALLS)))
        result = machine.client(troupe.program, "signatures", "-", "-", CHECKS)
        checks.append(result["seconds"] / CHECKS * 1e6)
    base = Figure("calls in nobody's name", "calls/s", rates[0])
    found = [Figure(f"calls {USERS[n]}", "calls/s", rates[n]).compare(base, "in nobody's name") for n in USERS if n]
    return [base] + found + [Figure("one signature check", "µs", checks)]
