#!/usr/bin/env python3
"""Writes the page of supported operations from what `graph-compile --print-supported-ops` prints.

  op_docs.py page LIST.txt                            the page
  op_docs.py check LIST.txt docs/TensorFlowOps.md     fails if the page is another one; with --fix writes it
"""

import sys
from pathlib import Path

HEAD = """# Supported TensorFlow operations

What `graph-compile --print-supported-ops` lists. Unless a line says something else, an operation takes the types, ranks and attributes that TensorFlow's kernels for
CPUs take, open dimensions included. Types are float64, float32, float16, bfloat16, signed and unsigned integers of 8 to 64 bits, and bool; complex and quantized
types are not supported, strings only in assertions and prints. A constant input is one whose value is known when the graph is compiled: a constant, or what can be computed
from constants and static sizes. An operation that is not listed is an error that names it with all nodes that use it.

This page is generated: `utils/op_docs.py`.
"""


def page(listing):
    lines = [HEAD]
    for line in listing.splitlines():
        if not line.startswith("  "):
            lines += [f"## {line}", "", "| operation | limits |", "|---|---|"]
            continue
        name, *limits = line.split(maxsplit=1)
        lines.append(f"| `{name}` | {limits[0] if limits else ''} |".replace("|  |", "| |"))
    text = "\n".join(lines) + "\n"
    return text.replace("|\n## ", "|\n\n## ")


def check(wanted, path, fix):
    if path.exists() and path.read_text() == wanted:
        return 0
    if fix:
        path.write_text(wanted)
        return 0
    print(f"error: {path}: not the list of the supported operations; run {Path(sys.argv[0]).name} check --fix", file=sys.stderr)
    return 1


def main():
    arguments = [argument for argument in sys.argv[1:] if argument != "--fix"]
    commands = {"page": 2, "check": 3}
    if not arguments or commands.get(arguments[0]) != len(arguments):
        print(__doc__, file=sys.stderr)
        return 2
    wanted = page(Path(arguments[1]).read_text())
    if arguments[0] == "check":
        return check(wanted, Path(arguments[2]), "--fix" in sys.argv)
    print(wanted, end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
