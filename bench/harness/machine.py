"""This machine: what is built, where processes run, what they cost. Everything that starts a process is here."""
import contextlib
import json
import os
import pathlib
import selectors
import shutil
import signal
import socket
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BENCH = ROOT / "bench"
WORK = BENCH / ".work"
READY_WITHIN = 30  # seconds that a server may take to print `ready`
RUN_WITHIN = 300  # seconds that one run of a client may take


class Failed(Exception):
    """A bench cannot go on; the text says why."""


def describe():
    model = next((l.split(":")[1].strip() for l in open("/proc/cpuinfo") if l.startswith("model name")), "unknown processor")
    load = os.getloadavg()[0]
    print(f"{os.cpu_count()} cores, {model}; load {load:.1f}" + ("  (busy: figures will be low)" if load > 1 else ""))


def product(package, name):
    """Builds an executable of a package under bench/ in release and returns its path; of a library `libNAME.so`."""
    folder = BENCH / package
    environment = dict(os.environ)
    if package == "troupe" and "TROUPE_MACROS_TOOL" not in environment:
        raise Failed("TROUPE_MACROS_TOOL is not set: run `make bench`, which builds the macro tool first")
    command = ["swift", "build", "-c", "release", "--package-path", str(folder), "--product", name]
    built = subprocess.run(command, env=environment, capture_output=True, text=True)
    if built.returncode:
        raise Failed(f"{' '.join(command)}\n{built.stdout[-4000:]}{built.stderr[-2000:]}")
    release = folder / ".build" / "release"
    return release / name if (release / name).exists() else release / f"lib{name}.so"


def certificates():
    folder = WORK / "certificates"
    subprocess.run([str(BENCH / "certs.sh"), str(folder)], check=True)
    return folder


def free_port():
    """A port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def await_port(port):
    """Returns when somebody listens at a port."""
    deadline = time.monotonic() + READY_WITHIN
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", int(port)), 1):
            return
        time.sleep(0.05)
    raise Failed(f"nobody listens at port {port}")


def version(*command):
    """The first line that a program says of itself."""
    return subprocess.run(command, capture_output=True, text=True).stdout.splitlines()[0]


@contextlib.contextmanager
def scratch():
    """A fresh folder on the disk of the repository (not a memory file system), removed at the end."""
    WORK.mkdir(exist_ok=True)
    folder = tempfile.mkdtemp(dir=WORK)
    try:
        yield pathlib.Path(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def pinned(core, command):
    """The command on one core, where the machine has it; `None` leaves it free."""
    free = core is None or not shutil.which("taskset") or core not in os.sched_getaffinity(0)
    return [str(c) for c in (command if free else ["taskset", "-c", core, *command])]


class Server:
    """A process that prints `ready PORTS` and serves until it is ended."""

    def __init__(self, *command, core=0, ready_within=READY_WITHIN, environment=None):
        self.command = pinned(core, command)
        self.environment = {**os.environ, **(environment or {})}
        self.ready_within = ready_within

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, text=True, env=self.environment)
        self.ports = self._ready()
        return self

    def _ready(self):
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            line = self.process.stdout.readline().split() if selector.select(self.ready_within) else []
        if len(line) != 2 or line[0] != "ready":
            self.__exit__()
            raise Failed(f"{' '.join(self.command)} did not say that it is ready")
        return line[1]

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def cpu_seconds(self):
        fields = open(f"/proc/{self.process.pid}/stat").read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def resident_bytes(self):
        return next(int(l.split()[1]) * 1024 for l in open(f"/proc/{self.process.pid}/status") if l.startswith("VmRSS"))


def client(*command, core=1, environment=None):
    """Runs a client to its end and returns the JSON of its last line."""
    environment = {**os.environ, **(environment or {})}
    command = pinned(core, command)
    try:
        ran = subprocess.run(command, capture_output=True, text=True, timeout=RUN_WITHIN, env=environment)
    except subprocess.TimeoutExpired:
        raise Failed(f"{' '.join(command)} took more than {RUN_WITHIN} s") from None
    if ran.returncode or not ran.stdout.strip():
        raise Failed(f"{' '.join(command)} ended with {ran.returncode}\n{ran.stdout[-1000:]}{ran.stderr[-1000:]}")
    return json.loads(ran.stdout.strip().splitlines()[-1])
