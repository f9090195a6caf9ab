#!/usr/bin/env python3
"""Times a call that does next to nothing: the typed C function of a model that adds one to one element.

Prints the median of a million calls, what one reading of the clock contributes to it, and how many allocations there
were. Exit status 1 if a call took 300 ns or more, or allocated.

    benchmarks/empty_call.py build/release
"""

import argparse
import json
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

from graphdef import FLOAT, attribute, message, node, number, type_attribute

FOLDER = Path(__file__).resolve().parent
COUNTED = ("malloc", "calloc", "realloc", "aligned_alloc")


def make_graph():
    shape = message(2, number(1, 1))
    one = number(1, FLOAT) + message(2, shape) + message(4, struct.pack("<f", 1))
    return b"".join(
        [
            node("x", "Placeholder", (), type_attribute("dtype", FLOAT) + attribute("shape", message(7, shape))),
            node("one", "Const", (), type_attribute("dtype", FLOAT) + attribute("value", message(8, one))),
            node("y", "AddV2", ("x", "one"), type_attribute("T", FLOAT)),
        ]
    )


def build(tree, folder):
    """Returns the path of the program."""
    (folder / "add_one.pb").write_bytes(make_graph())
    model = folder / "add_one.o"
    compiler = [tree / "bin" / "graph-compile", folder / "add_one.pb", "--feed", "x", "--fetch", "y", "-c", "-o", model]
    subprocess.run(compiler, check=True)
    program = folder / "empty_call"
    include = FOLDER.parent / "runtime" / "include"
    sources = [FOLDER / "empty_call.c", model, tree / "lib" / "libgcrt.a"]
    wrap = "-Wl," + ",".join(f"--wrap={name}" for name in COUNTED)
    subprocess.run(["cc", "-O2", f"-I{folder}", f"-I{include}", *sources, wrap, "-lm", "-o", program], check=True)
    return program


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tree", type=Path, help="a build tree, with bin/graph-compile and lib/libgcrt.a")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        program = build(options.tree.resolve(), Path(folder))
        output = subprocess.run([program], stdout=subprocess.PIPE, check=True).stdout
    print(output.decode(), end="")
    result = json.loads(output)
    return 0 if result["median_ns"] < 300 and result["allocations"] == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
