#!/usr/bin/env python3
"""Checks that every op, pass and constraint has its test.

An op is used in its dialect's round-trip tests. Its constraint Cn has a negative test in the dialect's invalid tests: a
function or symbol named OP_cn, or a case that uses the op under a comment that says Cn (the comment holds for the cases
that follow, up to the next one). A pass's flag stands in the RUN line of a test.
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DIALECTS = {"graph": "Dialect/Graph", "step": "Dialect/Step"}
DEFINITION = re.compile(r"^(?=def |class )", re.MULTILINE)
OP = re.compile(r'def \w+Op\s*:\s*\w+<\s*"(\w+)"')
LABEL = re.compile(r"^// .*\bC(\d+)\b", re.MULTILINE)
CONSTRAINT = re.compile(r"^\s*(?:- )?C(\d+): ", re.MULTILINE)
PASS = re.compile(r'^def \w+\s*:\s*Pass<\s*"([\w-]+)"', re.MULTILINE)


def read_all(paths):
    return "\n".join(path.read_text() for path in sorted(paths))


def tested_constraints(name, text):
    """Returns the pairs (op, number) that the negative tests in `text` stand for."""
    tested = set(re.findall(r"@(\w+?)_c(\d+)(?![0-9])", text))
    label = None
    for case in text.split("// -----"):
        labels = LABEL.findall(case)
        label = labels[-1] if labels else label
        tested |= {(op, label) for op in re.findall(rf"\b{name}\.(\w+)", case)}
    return tested


def check_dialect(name, folder):
    tests = ROOT / "test" / folder / "IR"
    round_trip = read_all(tests.glob("round-trip*.mlir"))
    tested = set()
    for file in tests.glob("invalid*.mlir"):
        tested |= tested_constraints(name, file.read_text())
    for file in sorted((ROOT / "include/graph-compile" / folder / "IR").glob("*Ops.td")):
        for definition in DEFINITION.split(file.read_text()):
            match = OP.match(definition)
            if not match:
                continue
            op = match.group(1)
            if not re.search(rf"\b{name}\.{op}\b", round_trip):
                yield f"{name}.{op}: not in test/{folder}/IR/round-trip*.mlir"
            for number in CONSTRAINT.findall(definition):
                if (op, number) not in tested:
                    yield f"{name}.{op}: C{number} has no test in test/{folder}/IR/invalid*.mlir"


def check_passes():
    runs = "\n".join(
        line for path in sorted((ROOT / "test").rglob("*.mlir")) for line in path.read_text().splitlines() if "RUN:" in line
    )
    for file in sorted((ROOT / "include/graph-compile").rglob("Passes.td")):
        for flag in PASS.findall(file.read_text()):
            if not re.search(rf"-{flag}\b", runs) and not re.search(rf"[(,]{flag}\b", runs):
                yield f"pass {flag}: in no RUN line of a test"


def main():
    problems = [problem for dialect in DIALECTS.items() for problem in check_dialect(*dialect)]
    problems += check_passes()
    for problem in problems:
        print(f"error: {problem}", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
