#!/usr/bin/env python3
"""The DNS server beside Knot, on this machine, in one run.

    benchmarks/dns.py [--seconds 3] [--rounds 7] [--only udp,tcp]

Every round measures each server once, one after another, so that noise of the machine hits both alike; what is printed is the median of
the same-round ratios of queries per CPU-second, read from /proc/<pid>/stat (user and system, of every thread). Both serve the same zone
from the same file with one worker thread, over UDP on loopback, to Debian's dnsperf: 1,000 names with A and AAAA records, aliases,
wildcards, types that are not there and names that are not there. Our telemetry ring is on, read by another thread whose CPU time counts
too. Knot runs without modules and without logging of queries.

Needs Debian's knot and dnsperf, a JDK 25, and the compiled classes of core and edge (./dev test -pl edge -am does that). Everything
listens on loopback and lives in a temporary folder; the processes started here are ended by their ids. About a minute.
"""

import argparse
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TICKS = os.sysconf("SC_CLK_TCK")
ZONE = "bench.test"
NAMES = 1_000
WARM_QUERIES = 1_500_000

KNOT = """
server:
    rundir: "{d}"
    user: "{user}"
    listen: "127.0.0.1@{port}"
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
database:
    storage: "{d}/knot"
log:
  - target: stderr
    any: error
zone:
  - domain: {zone}
    storage: "{d}/zones"
    file: "{zone}.zone"
    zonefile-sync: -1
    journal-content: none
"""


def fail(message):
    sys.exit("benchmarks/dns.py: " + message)


def free_port():
    with socket.socket() as tcp, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        tcp.bind(("127.0.0.1", 0))
        udp.bind(tcp.getsockname())
        return tcp.getsockname()[1]


def cpu(pid):
    """User and system seconds of a process."""
    columns = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(columns[11]) + int(columns[12])) / TICKS


def zone_text():
    lines = [f"$ORIGIN {ZONE}.", "$TTL 300", "@ IN SOA ns1 host 1 3600 600 86400 60", "@ IN NS ns1", "ns1 IN A 192.0.2.1", "*.wild IN A 192.0.2.2"]
    for i in range(NAMES):
        lines.append(f"www{i} IN A 192.0.2.{i % 256}")
        lines.append(f"www{i} IN AAAA 2001:db8::{i:x}")
        lines.append(f"alias{i} IN CNAME www{i}")
    return "\n".join(lines) + "\n"


def questions():
    """Of ten: six that are there, one alias, one wildcard, one type and one name that are not."""
    lines = []
    for i in range(NAMES):
        lines += [f"www{i}.{ZONE} A"] * 4 + [f"www{i}.{ZONE} AAAA"] * 2
        lines += [f"alias{i}.{ZONE} A", f"x{i}.wild.{ZONE} A", f"www{i}.{ZONE} TXT", f"nowhere{i}.{ZONE} A"]
    # The same order for everybody, and not one name after the other.
    lines.sort(key=lambda line: hash_of(line))
    return "\n".join(lines) + "\n"


def hash_of(line):
    value = 0
    for octet in line.encode():
        value = (value * 16777619 ^ octet) & 0xFFFFFFFF
    return value


class Bench:
    def __init__(self, directory):
        self.directory = directory
        self.servers = {}
        self.processes = []

    def start(self, name, port, *command):
        log = open(self.directory / f"{name}.log", "ab")
        process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
        self.processes.append(process)
        self.servers[name] = (port, process.pid)
        end = time.monotonic() + 60
        while time.monotonic() < end:
            if process.poll() is not None:
                fail(f"{name} ended: " + (self.directory / f"{name}.log").read_text())
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                return
            except OSError:
                time.sleep(0.1)
        fail(f"{name} does not listen on port {port}")

    def start_all(self):
        d = self.directory
        (d / "zones").mkdir()
        (d / "knot").mkdir()
        (d / "zones" / f"{ZONE}.zone").write_text(zone_text())
        (d / "questions").write_text(questions())
        port = free_port()
        (d / "knot.conf").write_text(KNOT.format(d=d, port=port, zone=ZONE, user=os.environ.get("USER") or "root"))
        self.start("knot", port, "knotd", "-c", str(d / "knot.conf"))
        port = free_port()
        self.start("undercloud", port, *our_command(port, d / "zones"))

    def load(self, name, seconds, mode="udp"):
        """Queries per CPU-second, and a second."""
        port, pid = self.servers[name]
        before = cpu(pid)
        done = subprocess.run(
            ["dnsperf", "-s", "127.0.0.1", "-p", str(port), "-d", str(self.directory / "questions"), "-l", str(seconds), "-c", "4", "-T", "1", "-q", "100", "-m", mode],
            capture_output=True, text=True, timeout=seconds + 60)
        used = cpu(pid) - before
        completed = re.search(r"Queries completed:\s+(\d+)", done.stdout)
        codes = re.search(r"Response codes:\s+(.*)", done.stdout)
        if not completed or "SERVFAIL" in codes.group(1) or "REFUSED" in codes.group(1):
            fail(f"{name} did not answer properly:\n{done.stdout}{done.stderr}")
        lost = int(re.search(r"Queries lost:\s+(\d+)", done.stdout).group(1))
        if lost > int(completed.group(1)) / 1000:
            fail(f"{name} lost {lost} queries:\n{done.stdout}")
        return int(completed.group(1)) / used, int(completed.group(1)) / seconds

    def warm_up(self, mode):
        """Until our code is compiled: the compiler's CPU time would be counted as the server's."""
        print("warming up", flush=True)
        served, before = 0, 0.0
        for _ in range(12):
            per_cpu, rate = self.load("undercloud", 2, mode)
            served += rate * 2
            if served > WARM_QUERIES and per_cpu < before * 1.05:
                break
            before = per_cpu

    def stop(self):
        for process in self.processes:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in self.processes:
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()


def our_command(port, zones):
    java = Path(os.environ.get("JAVA_HOME", "")) / "bin" / "java"
    classes = [ROOT / "edge/target/classes", ROOT / "edge/target/test-classes", ROOT / "core/target/classes"]
    if not java.exists() or not all(c.is_dir() for c in classes):
        fail("set JAVA_HOME to a JDK 25 and compile first: ./dev test -pl edge -am")
    versions = {tag: re.search(pattern, (ROOT / "pom.xml").read_text()).group(1) for tag, pattern in (
        ("netty", r"<netty.version>(.*?)<"), ("dnsjava", r"<artifactId>dnsjava</artifactId>\s*<version>(.*?)<"), ("slf4j", r"<slf4j.version>(.*?)<"))}
    repository = Path.home() / ".m2" / "repository"
    jars = [*(repository / "io/netty").glob(f"*/{versions['netty']}/*.jar"),
            *(repository / "dnsjava").glob(f"*/{versions['dnsjava']}/*.jar"), *(repository / "org/slf4j/slf4j-api").glob(f"{versions['slf4j']}/*.jar")]
    return [
        # The launcher's own options.
        str(java), "-XX:+UseSerialGC", "-XX:+UseCompactObjectHeaders", "-Xms32m", "-Xmx512m", "-XX:MaxDirectMemorySize=256m", "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow",
        "-cp", ":".join(map(str, [*classes, *jars])), "dev.undercloud.edge.dns.DnsBench", str(port), str(zones)]


def compare(bench, mode, rounds, seconds):
    bench.warm_up(mode)
    print(f"\n{mode.upper()}: median of {rounds} rounds of {seconds} s, 100 questions under way", flush=True)
    names = ["undercloud", "knot"]
    per_cpu = {name: [] for name in names}
    rates = {name: [] for name in names}
    for number in range(rounds):
        # The order turns with every round: whoever is last does not always pay for the heat.
        for name in names[number % 2:] + names[:number % 2]:
            one, rate = bench.load(name, seconds, mode)
            per_cpu[name].append(one)
            rates[name].append(rate)
    for name in names:
        print(f"  {name:10} {statistics.median(per_cpu[name]):9.0f} queries a CPU-second   {statistics.median(rates[name]):9.0f} a second")
    ratios = [mine / other for mine, other in zip(per_cpu["undercloud"], per_cpu["knot"])]
    print(f"  undercloud / knot {statistics.median(ratios):5.2f}   ({min(ratios):.2f} to {max(ratios):.2f})")


def main():
    parser = argparse.ArgumentParser(description="Compares the DNS server with Knot; see the top of this file.")
    parser.add_argument("--seconds", type=int, default=3, help="of one measurement")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--only", default="udp,tcp")
    options = parser.parse_args()
    for tool in ("knotd", "dnsperf"):
        if not shutil.which(tool, path=os.environ.get("PATH", "") + ":/usr/sbin"):
            fail(f"{tool} is missing: apt-get install knot dnsperf")
    os.environ["PATH"] = os.environ.get("PATH", "") + ":/usr/sbin"
    with tempfile.TemporaryDirectory(prefix="dns-bench-") as directory:
        bench = Bench(Path(directory))
        try:
            bench.start_all()
            for mode in options.only.split(","):
                compare(bench, mode, options.rounds, options.seconds)
        finally:
            bench.stop()


if __name__ == "__main__":
    main()
