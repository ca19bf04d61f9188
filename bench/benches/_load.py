"""Clients that keep so many calls in flight, and the servers they call: Troupe, the floors and the peers."""
import contextlib

from harness import machine


def per_second(result):
    return result["calls"] / result["seconds"]


class Floor:
    """Actors on a bare libuv loop with TLS: no runtime around them."""

    def __init__(self):
        self.program, self.certificates = machine.product("floor", "event-loop"), machine.certificates()

    @contextlib.contextmanager
    def serving(self, kind):
        with machine.Server(self.program, "server", self.certificates, kind) as server:
            yield lambda in_flight, calls: machine.client(self.program, "client", self.certificates, server.ports, in_flight, calls)


class PingPong:
    """One message back and forth over TLS, in C."""

    def __init__(self):
        self.program, self.certificates = machine.product("floor", "tls-ping-pong"), machine.certificates()

    @contextlib.contextmanager
    def serving(self):
        with machine.Server(self.program, "server", self.certificates) as server:
            yield lambda calls: machine.client(self.program, "client", self.certificates, server.ports, calls)


class Batches:
    """Call frames in batches over TLS, in C."""

    def __init__(self):
        self.program, self.certificates = machine.product("floor", "tls-batches"), machine.certificates()

    @contextlib.contextmanager
    def serving(self):
        with machine.Server(self.program, "server", self.certificates) as server:
            yield lambda *options: machine.client(self.program, "client", self.certificates, server.ports, *options)


class GRPC:
    """grpc-swift 2 with client certificates, or without TLS."""

    def __init__(self, plaintext=False):
        self.program, self.certificates = machine.product("peers/grpc", "grpc-peer"), machine.certificates()
        self.mode = ["plaintext"] if plaintext else []

    @contextlib.contextmanager
    def serving(self):
        with machine.Server(self.program, "server", self.certificates, *self.mode) as server:
            def load(in_flight, calls, port=server.ports):
                return machine.client(self.program, "client", self.certificates, port, in_flight, calls, *self.mode)
            load.server = server
            yield load


class Sidecars:
    """Two HAProxies with mTLS between them: one beside the caller, one beside the called."""

    def __init__(self):
        self.program, self.certificates = machine.BENCH / "peers" / "sidecars" / "run", machine.certificates()

    @contextlib.contextmanager
    def before(self, port):
        middle, first = machine.free_port(), machine.free_port()
        with machine.Server(self.program, self.certificates, "in", middle, port, core=0) as inner:
            with machine.Server(self.program, self.certificates, "out", first, middle, core=1) as outer:
                machine.await_port(middle)
                machine.await_port(first)
                yield outer, inner


class Erlang:
    """gen_servers called over Erlang's own distribution with TLS."""

    def __init__(self):
        self.program, self.certificates = machine.BENCH / "peers" / "erlang" / "run", machine.certificates()

    @contextlib.contextmanager
    def serving(self):
        with machine.Server(self.program, self.certificates, "server", machine.free_port()) as server:
            yield lambda *options: machine.client(self.program, self.certificates, "client", server.ports, *options)


class Troupe:
    """A real node with its store, certificates, lease and metrics, and a real client in another process."""

    def __init__(self):
        self.program, self.certificates = machine.product("troupe", "troupe-bench"), machine.certificates()

    @contextlib.contextmanager
    def serving(self, loops=1, *mode, environment=None):
        with machine.scratch() as store, self.on(store, loops, *mode, environment=environment) as load:
            yield load

    @contextlib.contextmanager
    def anywhere(self):
        """With a store of its own, on whichever core is free; so is the client."""
        with machine.scratch() as store, self.on(store, spread=True) as load:
            yield load

    @contextlib.contextmanager
    def on(self, store, loops=1, *mode, environment=None, spread=False):
        """On a store that stays; `spread` leaves everybody free to run on any core."""
        cores = (0, 1) if loops == 1 and not spread else (None, None)  # two loops and a client share both cores
        with machine.Server(self.program, "node", self.certificates, store, loops, *mode, core=cores[0], environment=environment) as server:
            def load(what, *options, environment=None):
                command = (self.program, what, self.certificates, server.ports, *options)
                return machine.client(*command, core=cores[1], environment=environment)
            load.server = server
            yield load
