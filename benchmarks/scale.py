#!/usr/bin/env python3
"""Shows that compiling costs time and memory linear in the size of the graph.

Makes three kinds of graphs, each with N and with 10 N nodes, compiles and runs them and prints what ten times the nodes
cost:

  chain     N nodes, each with a control edge from the one before
  assigns   N ordered assignments to one variable
  group     N / 2 variables, each assigned once, in one group

    benchmarks/scale.py --compiler build/release/bin/graph-compile [--nodes 100000]
"""

import argparse
import json
import os
import resource
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from graphdef import FLOAT, attribute, message, node, number, type_attribute

# The nodes


def constant(name, value, inputs=()):
    tensor = number(1, FLOAT) + message(2, b"") + message(4, struct.pack("<f", value))
    attributes = type_attribute("dtype", FLOAT) + attribute("value", message(8, tensor))
    return node(name, "Const", inputs, attributes)


def variable(name):
    attributes = type_attribute("dtype", FLOAT) + attribute("shape", message(7, b""))
    return node(name, "VarHandleOp", (), attributes + attribute("shared_name", message(2, name.encode())))


def assign(name, target, value, inputs=(), op="AssignVariableOp"):
    return node(name, op, (target, value, *inputs), type_attribute("dtype", FLOAT))


# The graphs: their bytes, and their configuration


def make_chain(nodes):
    parts = [variable("v"), constant("one", 1.0), assign("init", "v", "one"), assign("last", "v", "one", ["^n0"])]
    parts.append(node("n0", "NoOp"))
    for i in range(1, nodes):
        parts.append(node(f"n{i}", "NoOp", [f"^n{i - 1}"]))
    parts.append(assign("end", "v", "one", [f"^n{nodes - 1}", "^last"], "AssignAddVariableOp"))
    return parts, ["end"], "v", 2.0


def make_assigns(nodes):
    parts = [variable("v"), constant("zero", 0.0), constant("one", 1.0), assign("init", "v", "zero")]
    previous = []
    for i in range(nodes):
        parts.append(assign(f"a{i}", "v", "one", previous, "AssignAddVariableOp"))
        previous = [f"^a{i}"]
    return parts, [f"a{nodes - 1}"], "v", float(nodes)


def make_group(nodes):
    parts, updates = [constant("zero", 0.0), constant("one", 1.0)], []
    for i in range(nodes // 2):
        parts += [variable(f"v{i}"), assign(f"a{i}", f"v{i}", "one")]
        updates.append(f"^a{i}")
    parts += [node("init", "NoOp"), node("all", "NoOp", updates)]
    return parts, ["all"], f"v{nodes // 2 - 1}", 1.0


GRAPHS = {"chain": make_chain, "assigns": make_assigns, "group": make_group}


def write_graph(folder, kind, nodes):
    parts, targets, last, expected = GRAPHS[kind](nodes)
    (folder / "graph.pb").write_bytes(b"".join(parts))
    config = {"name": kind, "functions": [{"name": "main", "targets": targets}], "initializers": ["init"]}
    (folder / "config.json").write_text(json.dumps(config))
    return last, expected


def run(command):
    """Runs a command and returns its seconds and its peak memory in MiB."""
    start = time.monotonic()
    process = subprocess.Popen([str(word) for word in command])
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        sys.exit(f"error: {' '.join(map(str, command))}: exit status {os.waitstatus_to_exitcode(status)}")
    return time.monotonic() - start, usage.ru_maxrss / 1024


def read_scalar(path, name):
    content = path.read_bytes()
    size = struct.unpack("<Q", content[:8])[0]
    begin, _ = json.loads(content[8 : 8 + size])[name]["data_offsets"]
    return struct.unpack_from("<f", content, 8 + size + begin)[0]


def measure(compiler, kind, nodes, flags):
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        last, expected = write_graph(folder, kind, nodes)
        program, state = folder / "program", folder / "state.safetensors"
        command = [compiler, folder / "graph.pb", "--config", folder / "config.json", "-o", program, *flags]
        seconds, memory = run(command)
        run_seconds, _ = run([program, "--save", state])
        got = read_scalar(state, last)
        if got != expected:
            sys.exit(f"error: {kind}, {nodes} nodes: variable {last} is {got}, expected {expected}")
        print(f"{kind:<8} {nodes:>7} nodes: compiled in {seconds:6.2f} s, {memory:6.0f} MiB; ran in {run_seconds:.3f} s", flush=True)
        return seconds, memory


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--compiler", required=True)
    parser.add_argument("--nodes", type=int, default=100000, help="of the larger graph (default 100000)")
    parser.add_argument("--kind", action="append", choices=GRAPHS, help="repeatable; default: all")
    parser.add_argument("--flag", action="append", default=[], help="a further flag of the compiler; repeatable")
    options = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_STACK, (8 << 20, resource.RLIM_INFINITY))  # deep recursion must show
    for kind in options.kind or GRAPHS:
        small = measure(options.compiler, kind, options.nodes // 10, options.flag)
        large = measure(options.compiler, kind, options.nodes, options.flag)
        print(f"{kind:<8} ten times the nodes: {large[0] / small[0]:.1f} times the time, {large[1] / small[1]:.1f} times the memory")
    return 0


if __name__ == "__main__":
    sys.exit(main())
