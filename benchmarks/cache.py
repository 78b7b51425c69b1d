#!/usr/bin/env python3
"""Hits of the edge's HTTP cache beside Varnish, on this machine, in one run.

    benchmarks/cache.py [--seconds 4] [--rounds 5]

Both answer a response of 1 KB that is fresh for an hour from memory; the upstream is asked once. Then the same of a page of 16 KiB to
clients that take gzip: Varnish compresses it when it stores it, the edge when somebody first asks for it so. Every round measures each once, one
after another; what is printed is the median of the same-round ratios of CPU time per request, from /proc/<pid>/stat of every process.
Both keep connections, 32 of them, and run as they are: the edge with one thread and its telemetry rings on, Varnish with one pool.

Needs Debian's varnish, nginx and wrk, a JDK 25, and the compiled classes of core and edge (./dev test -pl edge -am does that).
Everything listens on loopback and lives in a temporary folder; the processes started here are ended by their ids. About 3 minutes.
"""

import argparse
import random
import shutil
import socket
import tempfile
from pathlib import Path

import edge as base

UPSTREAM = """
  server {{
    listen unix:{d}/up.sock backlog=4096;
    listen 127.0.0.1:{port} backlog=4096;
    default_type text/plain;
    location = /page {{ default_type text/html; root {d}/files; add_header Cache-Control "public, max-age=3600"; }}
    location = /1k {{ add_header Cache-Control "public, max-age=3600"; return 200 "{k}"; }}
  }}
"""

VCL = """
vcl 4.1;
backend default {{ .host = "127.0.0.1"; .port = "{port}"; }}
sub vcl_backend_response {{ if (beresp.http.content-type ~ "^text/html") {{ set beresp.do_gzip = true; }} }}
"""


def page():
    """Text that shrinks as pages do, the same each time."""
    chance = random.Random(1)
    words = ["".join(chance.choice("abcdefghijklmnoprstuvwy") for _ in range(chance.randint(2, 9))) for _ in range(900)]
    return "".join(f"<p class=\"line\">{' '.join(chance.choices(words, k=12))}</p>\n" for _ in range(200))[:16 << 10]


class Bench(base.Bench):
    def start_both(self):
        d = self.directory
        d.chmod(0o755)
        (d / "files").mkdir()
        (d / "files" / "page").write_text(page())
        upstream, edge_port, varnish_port = (base.free_port() for _ in range(3))
        self.nginx("up", UPSTREAM.format(d=d, k="x" * base.SIZES["1k"], port=upstream), upstream)
        edge = self.start(*base.edge_command(edge_port, f"unix:{d}/up.sock", base.free_port(), d), port=edge_port)
        vcl = d / "default.vcl"
        vcl.write_text(VCL.format(port=upstream))
        varnish = self.start(
            "varnishd", "-F", "-n", str(d / "varnish"), "-a", f"127.0.0.1:{varnish_port}", "-f", str(vcl), "-s", "malloc,64m",
            "-p", "thread_pools=1", port=varnish_port)
        children = Path(f"/proc/{varnish.pid}/task/{varnish.pid}/children").read_text().split()
        self.proxies = {"edge": (edge_port, [edge.pid]), "varnish": (varnish_port, [varnish.pid, *map(int, children)])}
        for port, _ in self.proxies.values():
            self.is_hit(port, "1k", "", b"\nage:")
            self.is_hit(port, "page", "Accept-Encoding: gzip\r\n", b"\ncontent-encoding: gzip")

    @staticmethod
    def is_hit(port, path, fields, proof):
        """Asks three times: the last answer has an Age, is compressed if it should be, and has a length."""
        for attempt in range(3):
            with socket.create_connection(("127.0.0.1", port), 5) as s:
                s.sendall(f"GET /{path} HTTP/1.1\r\nHost: {base.HOST}\r\n{fields}Connection: close\r\n\r\n".encode())
                got = b""
                while part := s.recv(65536):
                    got += part
        head = got.partition(b"\r\n\r\n")[0].lower()
        if not all(field in head for field in (b"\nage:", b"\ncontent-length:", proof)):
            base.fail(f"port {port} does not answer from its cache:\n{got[:400]!r}")


def main():
    parser = argparse.ArgumentParser(description="Compares cache hits with Varnish; see the top of this file.")
    parser.add_argument("--seconds", type=int, default=4, help="of one measurement")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    for tool in ("varnishd", "nginx", "wrk"):
        if not shutil.which(tool) and not Path("/usr/sbin", tool).exists():
            base.fail(f"{tool} is missing: apt-get install varnish nginx wrk")
    with tempfile.TemporaryDirectory(prefix="undercloud-cache-") as directory:
        bench = Bench(Path(directory))
        try:
            bench.start_both()
            bench.warm_up()
            base.compare(bench, "Hits of 1 KB", "1k", 32, ["edge", "varnish"], options.rounds, options.seconds)
            bench.fields = ("-H", "Accept-Encoding: gzip")
            bench.warm_up(path="page")
            base.compare(bench, "Hits of 16 KiB, by gzip", "page", 32, ["edge", "varnish"], options.rounds, options.seconds)
        finally:
            bench.stop()


if __name__ == "__main__":
    main()
