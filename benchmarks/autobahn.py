#!/usr/bin/env python3
"""The newest Autobahn WebSocket suite against an echo server directly and through the edge, with its cases of compression.

    benchmarks/autobahn.py --wstest "python2.7 -m autobahntestsuite.wstest" [--cases 1.*,9.*]

Every build runs the 301 cases of version 0.5.6 (AutobahnTest); this is for those that came after: autobahntestsuite 0.8.2, which runs on Python 2.7
alone, has 216 cases of permessage-deflate more. The command that starts its `wstest` is given. The echo server is the tests' own, of Python's standard
library alone. It runs once alone and once by `undercloud up`; both have to do equally well in every case, and none may fail. Loopback only; ends what it
started.
"""

import argparse
import collections
import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
CASES = "1.*,2.*,3.*,4.*,5.*,6.*,7.*,9.*,10.*,12.*,13.*"
ECHO = CHECKOUT / "edge/src/test/resources/websocket/echo.py"

# Where more than one behaviour is right, which one is seen depends on how bytes fall into packets.
SAME = {"NON-STRICT": "OK"}
START_SECONDS = 180

def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for(what, holds, process):
    until = time.monotonic() + START_SECONDS
    while not holds():
        if process.poll() is not None or time.monotonic() > until:
            raise SystemExit(f"{what} did not start")
        time.sleep(0.1)


def switches(port, host):
    """Whether a WebSocket opens there."""
    key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
    try:
        with socket.create_connection(("127.0.0.1", port), 5) as s:
            s.sendall(f"GET / HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n{key}\r\n".encode())
            return s.recv(1024).startswith(b"HTTP/1.1 101 ")
    except OSError:
        return False


def start(command, log, **options):
    return subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, start_new_session=True, **options)


def end(process):
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(60)


def run(wstest, cases, folder):
    app = folder / "echo"
    app.mkdir()
    shutil.copy(ECHO, app / "echo.py")
    (app / "Procfile").write_text("web: python3 echo.py\n")
    log = (folder / "log").open("w")
    direct_port, edge_port = free_port(), free_port()
    env = dict(os.environ, UNDERCLOUD_HOME=str(folder / "home"))
    up = [CHECKOUT / "undercloud", "up", app, "--port", str(edge_port), "--admin-port", str(free_port())]
    started = [start([sys.executable, app / "echo.py"], log, env=dict(os.environ, PORT=str(direct_port)))]
    try:
        wait_for("the echo server", lambda: switches(direct_port, "localhost"), started[0])
        started.append(start(up, log, env=env))
        wait_for("undercloud", lambda: switches(edge_port, "localhost"), started[1])
        servers = [("direct", direct_port), ("edge", edge_port)]
        spec = {
            "outdir": str(folder / "reports"),
            "servers": [{"agent": name, "url": f"ws://localhost:{port}"} for name, port in servers],
            "cases": cases.split(","),
            "exclude-cases": [],
            "exclude-agent-cases": {},
        }
        (folder / "spec.json").write_text(json.dumps(spec))
        subprocess.run([*shlex.split(wstest), "-m", "fuzzingclient", "-s", folder / "spec.json"], stdout=log, stderr=log, check=True)
    finally:
        for process in reversed(started):
            end(process)
    return json.loads((folder / "reports" / "index.json").read_text())


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--wstest", default="wstest", help="what starts the suite")
    parser.add_argument("--cases", default=CASES)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        try:
            results = run(arguments.wstest, arguments.cases, Path(folder))
        except (SystemExit, subprocess.CalledProcessError):
            sys.stderr.write((Path(folder) / "log").read_text()[-4000:])
            raise
    direct, edge = results["direct"], results["edge"]

    def verdict(result):
        return [SAME.get(result[what], result[what]) for what in ("behavior", "behaviorClose")]

    failed = [case for case in edge if edge[case]["behavior"] == "FAILED"]
    other = [case for case in edge if verdict(edge[case]) != verdict(direct[case])]

    def order(case):
        return [int(n) for n in re.findall(r"\d+", case)]

    for name, all_ in ("direct", direct), ("edge", edge):
        counts = collections.Counter(result["behavior"] for result in all_.values())
        print(f"{name:7} {len(all_)} cases: " + ", ".join(f"{n} {what}" for what, n in counts.most_common()))
    print("failed through the edge:", " ".join(sorted(failed, key=order)) or "none")
    print("other than without the edge:", " ".join(sorted(other, key=order)) or "none")
    return 1 if other or failed or not edge else 0


if __name__ == "__main__":
    sys.exit(main())
