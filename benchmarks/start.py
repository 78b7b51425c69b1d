#!/usr/bin/env python3
"""How long a start takes, and how much memory the product holds then.

    benchmarks/start.py [--rounds N] [--articles]

Measures `./undercloud up examples/bare` from exec of the launcher to the first byte of a served request, in a state folder that has the app
built and a distribution that has its AOT cache. The app's own start is measured beside it: the same WSGI runner, started alone, until it
answers. Standard library only; loopback only; ends what it started.
"""

import argparse
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
CACHE = CHECKOUT / "app" / "target" / "undercloud" / "aot" / "undercloud.aot"


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def served(family, address, deadline):
    """Waits until one GET has an answer with a status below 500; the time it came."""
    while time.monotonic() < deadline:
        try:
            with socket.socket(family) as s:
                s.settimeout(5)
                s.connect(address)
                s.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                head = s.recv(1024)
                if head.startswith(b"HTTP/1.1 ") and head[9:10] < b"5":
                    return time.monotonic()
        except OSError:
            pass
        time.sleep(0.005)
    raise SystemExit("nothing answered in time")


def resident(pid):
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


class Up:
    def __init__(self, example, home):
        self.port = free_port()
        self.began = time.monotonic()
        self.process = subprocess.Popen(
            [CHECKOUT / "undercloud", "up", CHECKOUT / "examples" / example, "--port", str(self.port), "--admin-port", str(free_port())],
            env={**os.environ, "UNDERCLOUD_HOME": str(home)}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def wait_ready(self):
        for line in self.process.stdout:
            if re.match(r"ready\s", line):
                return time.monotonic() - self.began
        raise SystemExit("`up` ended before it was ready")

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.communicate(timeout=60)


def own_start(scratch):
    """The app alone: its server from exec to the first answer."""
    runner = CHECKOUT / "python" / "undercloud_wsgi.py"
    path = str(scratch / "alone.sock")
    began = time.monotonic()
    process = subprocess.Popen(["/usr/bin/python3", runner, "app:app"], cwd=CHECKOUT / "examples" / "bare", env={"SOCKET": path, "PATH": os.environ["PATH"]}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        return served(socket.AF_UNIX, path, began + 30) - began
    finally:
        process.terminate()
        process.wait()
        if os.path.exists(path):
            os.unlink(path)


def row(name, values, unit):
    values = sorted(values)
    print(f"{name:42} {values[0]:8.2f} {statistics.median(values):8.2f} {values[-1]:8.2f} {unit}", flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--articles", action="store_true", help="also a cold and a warm start of examples/articles")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-start-") as folder:
        os.chmod(folder, 0o755)
        scratch = Path(folder)
        first = Up("bare", scratch / "home")
        first.wait_ready()
        waited = time.monotonic()
        while not CACHE.exists() and time.monotonic() - waited < 120:
            time.sleep(0.5)
        first.end()
        if not CACHE.exists():
            print("no AOT cache was made; the figures are without one", file=sys.stderr)
        total, alone, memory = [], [], []
        for _ in range(arguments.rounds):
            up = Up("bare", scratch / "home")
            at = served(socket.AF_INET, ("127.0.0.1", up.port), up.began + 60)
            total.append(at - up.began)
            up.wait_ready()
            time.sleep(2)
            memory.append(resident(up.process.pid) / 2**20)
            up.end()
            alone.append(own_start(scratch))
        print(f"{'':42} {'min':>8} {'median':>8} {'max':>8}")
        row("exec to first served request", total, "s")
        row("the app's own start", alone, "s")
        row("difference", [t - a for t, a in zip(total, alone)], "s")
        row("resident memory of the product", memory, "MiB")
        if arguments.articles:
            cold = Up("articles", scratch / "home-articles")
            row("articles, cold, to ready", [cold.wait_ready()], "s")
            cold.end()
            warm = []
            for _ in range(3):
                up = Up("articles", scratch / "home-articles")
                warm.append(up.wait_ready())
                up.end()
            row("articles, warm, to ready", warm, "s")


if __name__ == "__main__":
    main()
