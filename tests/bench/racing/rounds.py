"""Runs the cases: each competitor in turn, on a fresh server, a round after the other.

Everything of one round is measured within minutes, so that ratios are made within a round: the speed of a
shared machine changes by more than what is measured.
"""
import dataclasses
import json
import os
import pathlib
import subprocess
import time

import cases
import core_table
import servers

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
CONNECTIONS = 32
DISTURBED = 0.10  # of one core: what other processes may use before a run is made again
AGAIN = 2
TICKS = os.sysconf("SC_CLK_TCK")


@dataclasses.dataclass
class Run:
    """What one run gave. Times are CPU time of the server; `us` is for each request."""

    us: float
    rate: float = 0.0  # requests a second
    mib: float = 0.0
    others: float = 0.0  # cores that neither the server nor the load has used
    stolen: float = 0.0  # cores that the machine did not get
    wrapped: int = 0
    p50_us: float = 0.0  # at half of that rate; 0 = not measured
    p99_us: float = 0.0


@dataclasses.dataclass
class Plan:
    """What is raced, and where everything is."""

    binary: pathlib.Path
    run: pathlib.Path  # a folder for configurations and logs
    keys: pathlib.Path  # the workload's folder
    cases: list
    cpus: tuple  # of the servers, of the load
    seconds: float = 5
    runs: int = 5
    warm: float = 1
    baseline: pathlib.Path = None
    core_bench: pathlib.Path = None
    peers: dict = dataclasses.field(default_factory=dict)  # name -> folder
    has_nginx: bool = True
    is_patient: bool = True  # disturbed runs are made again
    say: callable = print


def build_load(folder):
    """The generator is one file, compiled where it is needed; with TLS where OpenSSL's headers are."""
    made = folder / "load"
    command = [os.environ.get("CXX", "c++"), "-O2", "-std=c++20", "-I", str(ROOT), str(HERE / "load.cpp"), "-o", str(made)]
    if subprocess.run([*command, "-DRACING_TLS", "-lssl", "-lcrypto"], check=False, capture_output=True).returncode:
        subprocess.run(command, check=True)
    return made


def two_cores():
    """The core of the servers, and that of the load. Where there is only one they share it, and nothing is good."""
    found = sorted(os.sched_getaffinity(0))
    return found[0], found[min(1, len(found) - 1)]


def busy_seconds():
    """CPU time of everything on this machine, and what was stolen from it."""
    user, nice, system, _, _, irq, soft, stolen = (int(n) / TICKS for n in open("/proc/stat").readline().split()[1:9])
    return user + nice + system + irq + soft, stolen


def competitors(plan, case):
    """Names, in the order in which they run."""
    found = ["nginx"] if plan.has_nginx and case.threads == 1 and not case.is_tls else []
    if case.has_peers:
        found += [name for name in plan.peers if servers.can_run(name, case.alg)]
    if case.raw and plan.core_bench:
        found.append("raw")
    found += ["one thread"] if case.threads > 1 else []
    found += ["plain"] if case.is_tls else []
    found += ["before"] if plan.baseline else []
    return found + ["signet"]


class Race:
    def __init__(self, plan):
        self.plan, self.load_path = plan, build_load(plan.run)

    def rounds(self):
        """A list of rounds: (case name, competitor) -> Run."""
        made = []
        for number in range(self.plan.runs):
            results = {}
            for case in self.plan.cases:
                names = competitors(self.plan, case)
                for name in names if number % 2 == 0 else reversed(names):
                    one = self.measured(case, name)
                    results[case.name, name] = one
                    self.plan.say(f"{number + 1}/{self.plan.runs} {case.name} {name}: {one.us:.1f} us, "
                                  f"{one.rate:.0f}/s, others {100 * one.others:.0f} %")  # fmt: skip
            made.append(results)
        return made

    def measured(self, case, name):
        if name == "raw":
            return Run(core_table.raw_us(self.plan.core_bench, *case.raw, cpu=self.plan.cpus[0]))
        for attempt in range(1 + AGAIN):
            one = self.one_run(case, name)
            if one.others <= DISTURBED or not self.plan.is_patient or attempt == AGAIN:
                return one

    def start(self, case, name):
        plan, cpu = self.plan, self.plan.cpus[0]
        if name == "nginx":
            return servers.start_nginx(plan.run, [cpu])
        if name in plan.peers:
            return servers.start_peer(name, plan.peers[name], case.alg, plan.keys, plan.run, [cpu])
        binary = plan.baseline if name == "before" else plan.binary
        # both of the two that are compared may use both cores
        where = [cpu] if case.threads == 1 else sorted(set(plan.cpus))
        threads = 1 if name == "one thread" else case.threads
        is_tls = case.is_tls and name != "plain"
        return servers.start_signet(name.replace(" ", "-"), binary, case, plan.keys, plan.run, where, threads, is_tls)

    def values(self, case, kind):
        """Of a decryption, every token is used again and again: nothing of it is kept."""
        return self.plan.keys / f"{case.alg}.{'once' if case.endpoint == 'decrypt' else kind}"

    def one_run(self, case, name):
        plan, request = self.plan, cases.request_of(case, servers.SECRET)
        first = ""
        if case.uses_tokens:
            with self.values(case, "warm").open() as file:
                first = file.readline().strip()
        server = self.start(case, name)
        try:
            is_tls = case.is_tls and name != "plain"
            server.wait_until_it_answers(cases.filled(request, first), is_tls)
            path = plan.run / "request"
            path.write_bytes(request)
            self.load(server, case, "warm", seconds=plan.warm)
            began, used, (busy, stolen) = time.monotonic(), server.cpu_seconds(), busy_seconds()
            got = self.load(server, case, "once", seconds=plan.seconds)
            took, used, now = time.monotonic() - began, server.cpu_seconds() - used, busy_seconds()
            others = (now[0] - busy - used - got["cpu_seconds"]) / took
            made = Run(
                us=1e6 * used / got["requests"], rate=got["requests"] / got["seconds"], mib=server.resident_mib(),
                others=max(0, others), stolen=(now[1] - stolen) / took, wrapped=got["wrapped"],
            )  # fmt: skip
            if case.is_paced and name in ("signet", "before", "nginx"):
                half = self.load(server, case, "once", seconds=max(1, plan.seconds / 2), rate=made.rate / 2,
                                 skip=got["requests"])  # fmt: skip
                made.p50_us, made.p99_us = half["p50_us"], half["p99_us"]
            return made
        finally:
            server.stop()

    def load(self, server, case, kind, **how):
        """Sends requests for some seconds. A refused one ends the program: what is measured would be something else."""
        more = [f"{name}={value}" for name, value in how.items()]
        more += ["tls=1"] if case.is_tls and server.name != "plain" else []
        if case.uses_tokens:
            more += [f"values={self.values(case, kind)}"] + (["repeat=1"] if case.repeats and kind == "once" else [])
        command = ["taskset", "-c", str(self.plan.cpus[1]), str(self.load_path), str(server.port),
                   str(self.plan.run / "request"), str(CONNECTIONS), *more]  # fmt: skip
        made = subprocess.run(command, capture_output=True, text=True, timeout=3600)
        if made.returncode != 0:
            raise SystemExit(f"{case.name}, {server.name}: {made.stderr}{server.log.read_text(errors='replace')[-2000:]}")
        got = json.loads(made.stdout)
        if got["refused"]:
            raise SystemExit(f"{case.name}, {server.name}: {got['refused']} of {got['requests']} were refused\n{made.stderr}")
        return got
