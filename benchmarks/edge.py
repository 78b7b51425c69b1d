#!/usr/bin/env python3
"""The edge beside nginx, HAProxy and the chain of both, on this machine, in one run.

    benchmarks/edge.py [--seconds 4] [--rounds 5] [--only NAME,NAME]

Every round measures each proxy once, one after another, so that noise of the machine hits all of them alike; what is printed is the
median of the same-round ratios of CPU time per request, read from /proc/<pid>/task/*/schedstat (user and system, of every thread). Upstream is an
nginx that answers from memory on a Unix socket. Each proxy has one worker thread and says the same things: keep-alive on both sides,
X-Forwarded-For, X-Request-Id. The edge runs with its telemetry rings on, read by another thread whose CPU time counts too.

The part `tls` has the same on keep-alive connections with TLS: an ECDSA P-256 key and session tickets on both sides. `memory` counts what an idle connection
takes, with and without TLS, as growth of each process's resident memory over a thousand of them.
The part `steady` has 2,000 requests a second from 20 connections: then each of them wakes its proxy by itself. The part `h2` measures HTTP/2 over TLS 1.3 the same way: 8 connections with 16 streams each, the same P-256 certificate for nginx and
HAProxy, the local authority's for the edge.

Needs Debian's nginx, haproxy and wrk (and nghttp2-client for h2 and steady), a JDK 25, and the compiled classes of core and edge (./dev test -pl edge -am does that).
Everything listens on loopback and lives in a temporary folder; the processes started here are ended by their ids. About 6 minutes.
"""

import argparse
import os
import re
import shutil
import signal
import socket
import ssl
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WARM_REQUESTS = 1_000_000
SIZES = {"1k": 1 << 10, "1m": 1 << 20}
HOST = "bench"
STEADY_RATE = 2000

NGINX = """
daemon off; master_process off; worker_processes 1; pid {d}/{n}.pid; error_log {d}/{n}.err;
events {{ worker_connections 8192; }}
http {{
  access_log off; keepalive_requests 100000000; keepalive_timeout 600s; server_tokens off;
  client_body_temp_path {d}/{n}-1; proxy_temp_path {d}/{n}-2; fastcgi_temp_path {d}/{n}-3;
  uwsgi_temp_path {d}/{n}-4; scgi_temp_path {d}/{n}-5;
  {body}
}}
"""

UPSTREAM = """
  server {{
    listen unix:{d}/up.sock backlog=4096;
    default_type text/plain;
    location = /1k {{ return 200 "{k}"; }}
    location = /1m {{ root {d}/files; sendfile on; }}
  }}
"""

PROXY = """
  upstream u {{ server {to}; keepalive 512; keepalive_requests 100000000; }}
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    {secure}
    location /files/ {{ alias {d}/files/; sendfile on; tcp_nopush on; open_file_cache max=100 inactive=60s; open_file_cache_valid 1s; }}
    location / {{
      proxy_pass http://u; proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_set_header Host $host; proxy_set_header X-Forwarded-For $remote_addr; proxy_set_header X-Forwarded-Proto $scheme;
      proxy_set_header X-Request-Id $request_id; add_header X-Request-Id $request_id;
    }}
  }}
"""

TLS = """
  server {{
    listen 127.0.0.1:{port} ssl http2 backlog=4096;
    ssl_certificate {d}/both.pem; ssl_certificate_key {d}/both.pem;
    http2_max_concurrent_streams 128;
"""

HAPROXY = """
global
  maxconn 8192
  nbthread 1
defaults
  mode http
  timeout connect 5s
  timeout client 600s
  timeout server 600s
  http-reuse always
frontend f
  bind 127.0.0.1:{port} backlog 4096
  unique-id-format %{{+X}}o%ci%cp%Ts%rt
  unique-id-header X-Request-Id
  http-request set-header X-Forwarded-For %[src]
  http-request set-header X-Forwarded-Proto http
  http-response set-header X-Request-Id %[unique-id]
  default_backend b
backend b
  server s {to}
"""


# Session tickets are nginx's default; a cache shared by workers is of no use to one.
NGINX_TLS = """
    listen 127.0.0.1:{port} ssl backlog=4096;
    ssl_certificate {d}/tls.pem; ssl_certificate_key {d}/tls.key; ssl_protocols TLSv1.2 TLSv1.3; ssl_session_timeout 12h;
"""


def fail(message):
    sys.exit("benchmarks/edge.py: " + message)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for(port, process, seconds=60):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process.poll() is not None:
            fail(f"{process.args[0]} ended with {process.returncode}")
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.1)
    fail(f"nothing listens on port {port}")


def cpu(pids):
    """Seconds of processor time of these processes, every thread, kernel and user: to the nanosecond, where /proc/<pid>/stat has hundredths of a second."""
    total = 0
    for pid in pids:
        for task in Path(f"/proc/{pid}/task").iterdir():
            try:
                total += int((task / "schedstat").read_text().split()[0])
            except OSError:
                pass  # A thread that has ended meanwhile.
    return total / 1e9


class Bench:
    #: Further arguments of wrk, as fields of its requests.
    fields = ()

    def __init__(self, directory):
        self.directory = directory
        self.processes = []
        self.proxies = {}

    def start(self, *command, port=None):
        log = open(self.directory / "log", "ab")
        process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
        self.processes.append(process)
        if port:
            wait_for(port, process)
        return process

    def nginx(self, name, body, port=None):
        conf = self.directory / f"{name}.conf"
        conf.write_text(NGINX.format(d=self.directory, n=name, body=body))
        return self.start("nginx", "-e", str(self.directory / "early.err"), "-c", str(conf), port=port)

    def haproxy(self, name, to, port):
        conf = self.directory / f"{name}.cfg"
        conf.write_text(HAPROXY.format(port=port, to=to))
        return self.start("haproxy", "-f", str(conf), port=port)

    def start_all(self):
        d = self.directory
        (d / "files").mkdir()
        for name, size in SIZES.items():
            (d / "files" / name).write_bytes(b"x" * size)
            os.utime(d / "files" / name, (1e9, 1e9))
        os.chmod(d, 0o755)
        self.nginx("up", UPSTREAM.format(d=d, k="x" * SIZES["1k"]))
        unix = f"unix:{d}/up.sock"
        ports = {name: free_port() for name in ("edge", "nginx", "haproxy", "chain", "behind", "edge-tls", "nginx-tls")}
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", d / "tls.key", "-out", d / "tls.pem",
             "-days", "2", "-subj", "/CN=localhost"], check=True, capture_output=True)
        command = edge_command(ports["edge"], unix, ports["edge-tls"], d)
        command.insert(1, f"-Dbench.files={d}/files")
        edge = self.start(*command, port=ports["edge"])
        secure = NGINX_TLS.format(d=d, port=ports["nginx-tls"])
        nginx = self.nginx("nginx", PROXY.format(d=d, to=unix, port=ports["nginx"], secure=secure), ports["nginx"])
        haproxy = self.haproxy("haproxy", f"unix@{d}/up.sock", ports["haproxy"])
        behind = self.nginx("behind", PROXY.format(d=d, to=unix, port=ports["behind"], secure=""), ports["behind"])
        chain = self.haproxy("chain", f"127.0.0.1:{ports['behind']}", ports["chain"])
        self.proxies = {
            "edge": (ports["edge"], [edge.pid]),
            "nginx": (ports["nginx"], [nginx.pid]),
            "haproxy": (ports["haproxy"], [haproxy.pid]),
            "chain": (ports["chain"], [chain.pid, behind.pid]),
            "edge-tls": (ports["edge-tls"], [edge.pid]),
            "nginx-tls": (ports["nginx-tls"], [nginx.pid]),
        }

    def load(self, name, path, connections, seconds):
        port, pids = self.proxies[name]
        before = cpu(pids)
        done = subprocess.run(
            ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", "-H", f"Host: {HOST}", *self.fields, f"{'https' if name.endswith('-tls') else 'http'}://127.0.0.1:{port}/{path}"],
            capture_output=True, text=True, timeout=seconds + 60)
        used = cpu(pids) - before
        requests = int(re.search(r"(\d+) requests in", done.stdout).group(1))
        if "Non-2xx" in done.stdout or "Socket errors" in done.stdout or not requests:
            fail(f"{name} did not answer properly:\n{done.stdout}")
        return used / requests * 1e6, requests / seconds

    def load_steady(self, name, path, connections, seconds):
        """The same at STEADY_RATE requests a second, evenly spread over the connections."""
        port, pids = self.proxies[name]
        before = cpu(pids)
        done = subprocess.run(
            ["h2load", "--h1", "-t1", f"-c{connections}", f"--rps={STEADY_RATE // connections}", f"-D{seconds}", f"--connect-to=127.0.0.1:{port}", f"http://{HOST}/{path}"],
            capture_output=True, text=True, timeout=seconds + 60)
        used = cpu(pids) - before
        said = re.search(r"(\d+) succeeded, (\d+) failed", done.stdout)
        if not said or int(said.group(1)) < STEADY_RATE * seconds * 0.9 or int(said.group(2)) > connections:
            fail(f"{name} did not keep the rate:\n{done.stdout}")
        return used / int(said.group(1)) * 1e6, int(said.group(1)) / seconds

    def start_h2(self):
        """Makes each proxy speak HTTP/2 over TLS on a port of its own."""
        d = self.directory
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", f"/CN={HOST}",
             "-keyout", str(d / "key.pem"), "-out", str(d / "certificate.pem")], check=True, capture_output=True)
        (d / "both.pem").write_text((d / "certificate.pem").read_text() + (d / "key.pem").read_text())
        unix = f"unix:{d}/up.sock"
        ports = {name: free_port() for name in ("edge", "nginx", "haproxy")}
        clear = free_port()
        edge = self.start(*edge_command(clear, unix, ports["edge"], d), port=ports["edge"])
        body = PROXY.format(d=d, to=unix, port=0, secure="").replace("  server {\n    listen 127.0.0.1:0 backlog=4096;\n", TLS.format(d=d, port=ports["nginx"]), 1)
        nginx = self.nginx("nginx-h2", body, ports["nginx"])
        conf = d / "haproxy-h2.cfg"
        plain = HAPROXY.format(port=ports["haproxy"], to=f"unix@{d}/up.sock")
        conf.write_text(plain.replace("backlog 4096", f"backlog 4096 ssl crt {d}/both.pem alpn h2"))
        haproxy = self.start("haproxy", "-f", str(conf), port=ports["haproxy"])
        self.proxies = {
            "edge": (ports["edge"], [edge.pid]),
            "nginx": (ports["nginx"], [nginx.pid]),
            "haproxy": (ports["haproxy"], [haproxy.pid]),
        }
        self.load = self.load_h2
        # The first handshake waits for the edge's authority to be made.
        for port, _ in self.proxies.values():
            subprocess.run(["h2load", "-t1", "-c8", "-n", "800", f"https://127.0.0.1:{port}/1k"], capture_output=True, timeout=60)

    def load_h2(self, name, path, connections, seconds):
        port, pids = self.proxies[name]
        before = cpu(pids)
        done = subprocess.run(
            ["h2load", "-t1", f"-c{min(connections, 8)}", "-m16", f"-D{seconds}", f"https://127.0.0.1:{port}/{path}"],
            capture_output=True, text=True, timeout=seconds + 60)
        used = cpu(pids) - before
        said = re.search(r"(\d+) succeeded, (\d+) failed", done.stdout)
        # At the end of the time h2load leaves streams behind, which it counts as failed.
        if not said or int(said.group(1)) == 0 or int(said.group(2)) > 16 * 8 or "h2" not in done.stdout:
            fail(f"{name} did not answer properly:\n{done.stdout}")
        return used / int(said.group(1)) * 1e6, int(said.group(1)) / seconds

    def warm_up(self, name="edge", path="1k"):
        """Until the edge's code is compiled: the compiler's CPU time would be counted as the edge's."""
        print("warming up", flush=True)
        served, before = 0, float("inf")
        for _ in range(12):
            micros, rate = self.load(name, path, 32, 2)
            served += rate * 2
            if served > WARM_REQUESTS and micros > before * 0.95:
                break
            before = micros
        # Every measurement opens connections anew: that, too, is compiled after some thousands only.
        for _ in range(10):
            self.load(name, path, 200, 1)

    def stop(self):
        for process in self.processes:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in self.processes:
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()


def edge_command(port, upstream, secure, folder):
    java = Path(os.environ.get("JAVA_HOME", "")) / "bin" / "java"
    classes = [ROOT / "edge/target/classes", ROOT / "edge/target/test-classes", ROOT / "core/target/classes"]
    if not java.exists() or not all(c.is_dir() for c in classes):
        fail("set JAVA_HOME to a JDK 25 and compile first: ./dev test -pl edge -am")
    jars = subprocess.run(
        ["mvn", "-q", "-o", "-f", str(ROOT / "edge" / "pom.xml"), "dependency:build-classpath", "-Dmdep.outputFile=/dev/stdout"],
        capture_output=True, text=True).stdout.strip()
    if "netty" not in jars:
        # Without a network: what Maven has fetched before, in the versions that the build names.
        repository = Path.home() / ".m2" / "repository"
        pom = (ROOT / "pom.xml").read_text()
        version = {name: re.search(rf"<{name}.version>(.*?)<", pom).group(1) for name in ("netty", "tcnative", "bouncycastle")}
        jars = ":".join(str(j) for pattern in (
            f"io/netty/*/{version['netty']}/*.jar", f"io/netty/*/{version['tcnative']}/*.jar", f"org/bouncycastle/*/{version['bouncycastle']}/*.jar",
            "org/shredzone/acme4j/*/*/*.jar") for j in repository.glob(pattern))
    return [
        # The launcher's own options.
        str(java), "-XX:+UseSerialGC", "-XX:+UseCompactObjectHeaders", "-Xms32m", "-Xmx512m", "-XX:MaxDirectMemorySize=256m", "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow",
        f"-Dbench.https={secure}", f"-Dbench.state={folder}", "-cp", ":".join([*map(str, classes), jars]), "dev.undercloud.edge.EdgeBench", str(port), "1", upstream]


def latency_at(port, rate, seconds, connections=16):
    """p50 and p99 in ms at a fixed rate, measured from when each request was due (no coordinated omission)."""
    import threading

    step = connections / rate
    samples, lock = [], threading.Lock()
    request = f"GET /1k HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode()
    start = time.monotonic() + 0.2

    def one(index):
        mine = []
        with socket.create_connection(("127.0.0.1", port)) as s:
            s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            due = start + index * rate ** -1
            while due < start + seconds:
                time.sleep(max(0, due - time.monotonic()))
                s.sendall(request)
                got = b""
                while b"\r\n\r\n" not in got or len(got) < got.index(b"\r\n\r\n") + 4 + SIZES["1k"]:
                    part = s.recv(65536)
                    if not part:
                        fail("a connection ended under a steady rate")
                    got += part
                mine.append(time.monotonic() - due)
                due += step
        with lock:
            samples.extend(mine)

    threads = [threading.Thread(target=one, args=(i,)) for i in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    samples.sort()
    return samples[len(samples) // 2] * 1e3, samples[int(len(samples) * 0.99)] * 1e3


def compare(bench, title, path, connections, names, rounds, seconds, load=None):
    load = load or bench.load
    print(f"\n{title}: median of {rounds} rounds of {seconds} s, {connections} connections", flush=True)
    each = {name: [] for name in names}
    rates = {name: [] for name in names}
    for number in range(rounds):
        # The order turns with every round: whoever is last does not always pay for the heat.
        for name in names[number % len(names):] + names[:number % len(names)]:
            micros, rate = load(name, path, connections, seconds)
            each[name].append(micros)
            rates[name].append(rate)
    for name in names:
        print(f"  {name:8} {statistics.median(each[name]):8.2f} us CPU a request   {statistics.median(rates[name]):9.0f} requests/s")
    for name in names[1:]:
        ratios = [mine / other for mine, other in zip(each[names[0]], each[name])]
        print(f"  {names[0]} / {name:8} {statistics.median(ratios):5.2f}   ({min(ratios):.2f} to {max(ratios):.2f})")


def resident(pids):
    """Bytes of physical memory of these processes."""
    return sum(int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text()).group(1)) << 10 for pid in pids)


def idle_memory(bench, name, connections):
    """Bytes that one more idle connection takes, after a request on each."""
    port, pids = bench.proxies[name]
    context = None
    if name.endswith("-tls"):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    request = f"GET /1k HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode()

    def take(count):
        for _ in range(count):
            s = socket.create_connection(("127.0.0.1", port))
            s = context.wrap_socket(s) if context else s
            s.sendall(request)
            got = b""
            while len(got) < SIZES["1k"]:
                got += s.recv(65536)
            held.append(s)

    held = []
    take(connections // 4)  # Pools, code and arenas have their size before anything is counted.
    before = resident(pids)
    take(connections)
    time.sleep(1)
    grown = resident(pids) - before
    for s in held:
        s.close()
    time.sleep(1)
    return grown / connections


def main():
    parser = argparse.ArgumentParser(description="Compares the edge with nginx and HAProxy; see the top of this file.")
    parser.add_argument("--seconds", type=int, default=3, help="of one measurement")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default="small,steady,large,static,many,latency,tls,memory,h2")
    options = parser.parse_args()
    for tool in ("nginx", "haproxy", "wrk"):
        if not shutil.which(tool):
            fail(f"{tool} is missing: apt-get install nginx haproxy wrk")
    parts = options.only.split(",")
    if {"h2", "steady"} & set(parts) and not shutil.which("h2load"):
        fail("h2load is missing: apt-get install nghttp2-client")
    with tempfile.TemporaryDirectory(prefix="edge-bench-") as directory:
        bench = Bench(Path(directory))
        try:
            bench.start_all()
            if parts != ["h2"]:
                bench.warm_up()
            if "small" in parts:
                names = ["edge", "nginx", "haproxy", "chain"]
                compare(bench, "1 KB responses", "1k", 32, names, options.rounds, options.seconds)
            if "steady" in parts:
                bench.load_steady("edge", "1k", 20, 8)  # another way through the code, compiled anew
                compare(bench, f"1 KB responses at {STEADY_RATE} a second", "1k", 20, ["edge", "nginx", "haproxy"], options.rounds, 8, bench.load_steady)
            if "large" in parts:
                bench.load("edge", "1m", 8, 4)
                compare(bench, "1 MB responses", "1m", 8, ["edge", "nginx", "haproxy"], options.rounds, options.seconds)
            if "static" in parts:
                bench.warm_up(path="files/1k")
                compare(bench, "1 KB files", "files/1k", 32, ["edge", "nginx"], options.rounds, options.seconds)
                bench.load("edge", "files/1m", 8, 2)
                compare(bench, "1 MB files, sendfile in nginx", "files/1m", 8, ["edge", "nginx"], 3, 2)
            if "many" in parts:
                compare(bench, "1 KB responses to many", "1k", 1000, ["edge", "nginx", "haproxy"], 3, options.seconds)
            if "latency" in parts:
                print("\n1 KB responses at 1,000 a second: p50 and p99 in ms from when each was due")
                for name in ("edge", "nginx", "edge", "nginx"):
                    p50, p99 = latency_at(bench.proxies[name][0], 1000, 4)
                    print(f"  {name:8} p50 {p50:6.2f}   p99 {p99:6.2f}", flush=True)
            if "tls" in parts:
                bench.warm_up("edge-tls")
                compare(bench, "1 KB responses with TLS", "1k", 32, ["edge-tls", "nginx-tls"], options.rounds, options.seconds)
                bench.load("edge-tls", "1m", 8, 2)
                compare(bench, "1 MB responses with TLS", "1m", 8, ["edge-tls", "nginx-tls"], 3, 2)
            if "memory" in parts:
                print("\nbytes of an idle connection, after one request on it")
                for name in ("edge", "nginx", "edge-tls", "nginx-tls"):
                    print(f"  {name:9} {idle_memory(bench, name, 1000):8.0f}", flush=True)
            if "h2" in parts:
                bench.start_h2()
                bench.warm_up()
                compare(bench, "1 KB responses, HTTP/2 over TLS", "1k", 8, ["edge", "nginx", "haproxy"], options.rounds, options.seconds)
        finally:
            bench.stop()


if __name__ == "__main__":
    main()
