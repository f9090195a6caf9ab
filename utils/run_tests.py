#!/usr/bin/env python3
"""Runs the project's tests on a built tree; the last line is "N passed, N failed".

The suites: lit (test/), CTest (unittests/ and runtime/test/), the fixtures (test/fixtures/) under every schedule, with
one and two threads, and for older CPUs than this one. --full adds the fixtures of ops for each kind of CPU under every
schedule, the suites built with sanitizers, compiled programs with the address sanitizer, clang-tidy, and the Debian
packages in a clean root.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FIXTURES = ROOT / "test" / "fixtures"
LIT = "/usr/lib/llvm-22/bin/lit"
LEVELS = ("x86-64", "x86-64-v3", "x86-64-v4")
SCHEDULES = ("source", "memory", "shuffle:1", "shuffle:2", "shuffle:3")


class Totals:
    """What passed and failed so far, by suite."""

    def __init__(self):
        self.suites = []

    def add(self, suite, passed, failed):
        print(f"{suite}: {passed} passed, {failed} failed", flush=True)
        self.suites.append((suite, passed, failed))

    def finish(self):
        passed = sum(suite[1] for suite in self.suites)
        failed = sum(suite[2] for suite in self.suites)
        print("\nSuites with failures:" if failed else "\nAll suites passed.")
        for suite, _, failures in self.suites:
            if failures:
                print(f"  {suite}: {failures} failed")
        print(f"{passed} passed, {failed} failed")
        return 1 if failed or not passed else 0


def heading(text):
    print(f"\n=== {text}", flush=True)


def run_lit(totals, build):
    heading(f"lit tests ({build.name})")
    results = build / "lit-results.json"
    results.unlink(missing_ok=True)
    subprocess.run([LIT, "-s", "-v", "--output", results, build / "test"], check=False)
    if not results.exists():
        totals.add(f"lit ({build.name})", 0, 1)
        return
    codes = [test["code"] for test in json.loads(results.read_text())["tests"]]
    passed = sum(code in ("PASS", "XFAIL") for code in codes)
    failed = sum(code in ("FAIL", "XPASS", "UNRESOLVED", "TIMEOUT") for code in codes)
    totals.add(f"lit ({build.name})", passed, failed)


def run_ctest(totals, build, environment=None):
    heading(f"unit tests ({build.name})")
    report = build / "ctest.xml"
    report.unlink(missing_ok=True)
    jobs = str(os.cpu_count())
    subprocess.run(
        ["ctest", "--test-dir", build, "-j", jobs, "--output-on-failure", "--progress", "--output-junit", report],
        check=False,
        env={**os.environ, **(environment or {})},
    )
    if not report.exists():
        totals.add(f"unit ({build.name})", 0, 1)
        return
    suite = ElementTree.parse(report).getroot()
    total, failed = int(suite.get("tests")), int(suite.get("failures"))
    totals.add(f"unit ({build.name})", total - failed, failed)


def has_cpu(level):
    """Whether this machine runs code for a level of x86-64."""
    flags = re.search(r"^flags\s*: (.*)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    needed = {"x86-64": "lm", "x86-64-v3": "avx2", "x86-64-v4": "avx512vl"}[level]
    return flags is not None and needed in flags.group(1).split()


def run_fixtures(totals, build, schedule, flags=(), options=()):
    name = " ".join([f"fixtures --schedule={schedule}", *flags, *options, f"({build.name})"])
    heading(name)
    command = [sys.executable, FIXTURES / "check.py", "--compiler", build / "bin" / "graph-compile"]
    command += ["--except", FIXTURES / "unsupported.txt", "--jobs", str(os.cpu_count()), *options]
    command += [f"--flag={flag}" for flag in (f"--schedule={schedule}", *flags)]
    process = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    print(process.stdout, end="")
    summary = re.search(r"^(\d+) passed, (\d+) failed$", process.stdout, re.MULTILINE)
    passed, failed = map(int, summary.groups()) if summary else (0, 1)
    totals.add(name, passed, failed)


def run_fixtures_for_cpus(totals, build, levels, schedules, options=()):
    """The code for other kinds of CPU: the baseline, AVX2, AVX-512. (All else runs the code for this machine.)"""
    for level in levels:
        if not has_cpu(level):
            print(f"\n{level}: this machine cannot run its code")
            continue
        for schedule in schedules:
            run_fixtures(totals, build, schedule, [f"--cpu={level}"], options)


def run_tidy(totals):
    heading("clang-tidy")
    process = subprocess.run([ROOT / "utils" / "lint.sh", "--tidy"], check=False)
    totals.add("clang-tidy", *((1, 0) if process.returncode == 0 else (0, 1)))


def run_debian_packages(totals):
    heading("Debian packages in a clean root")
    status = subprocess.run([ROOT / "utils" / "check_debian_packages.sh"], check=False).returncode
    if status != 77:  # the script has said why it was skipped
        totals.add("Debian packages", *((1, 0) if status == 0 else (0, 1)))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--full", action="store_true", help="also run the slow tests")
    options = parser.parse_args()
    totals = Totals()
    release = ROOT / "build" / "release"
    run_lit(totals, release)
    run_ctest(totals, release)
    # What one and two threads compute is the same to the byte.
    threads = ["--threads", "1,2"]
    run_fixtures(totals, release, SCHEDULES[0], options=threads)
    for schedule in SCHEDULES[1:]:
        run_fixtures(totals, release, schedule)
    run_fixtures_for_cpus(totals, release, LEVELS[:2], SCHEDULES[:1])
    if options.full:
        run_tidy(totals)
        run_debian_packages(totals)
        run_fixtures_for_cpus(totals, release, LEVELS, SCHEDULES, ["--area", "ops", *threads])
        sanitized = ROOT / "build" / "asan"
        run_lit(totals, sanitized)
        run_ctest(totals, sanitized, {"GRAPH_COMPILE_FUZZ": "20000"})
        run_fixtures(totals, sanitized, "source")
        run_fixtures(totals, release, "memory", ["--sanitize=address"])
    return totals.finish()


if __name__ == "__main__":
    sys.exit(main())
