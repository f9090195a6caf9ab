#!/usr/bin/env python3
"""Compiles a graph with gigabytes of weights: how long, against `cp` of its file, and with how much memory.

The graph is a chain of matrix products; above 2 GiB it is what no protobuf library writes as one message, but what
GraphDefs in a row are. Compiling and copying take turns, so that both meet the same machine; the medians count. The
program has a second function that uses no weights: the time of a call of that is the time that a program takes to
start. Exit status 1 if compiling took more than 3 times `cp` plus 2 s or, up to 1 GiB of weights, 3 GiB of memory.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from graphdef import FLOAT, attribute, message, node, number, type_attribute

ROWS, COLUMNS = 4096, 8192  # of a weight: 128 MiB of float32


# The graph


def shape(*dims):
    return b"".join(message(2, number(1, dim)) for dim in dims)


def placeholder(name, *dims):
    return node(name, "Placeholder", (), type_attribute("dtype", FLOAT) + attribute("shape", message(7, shape(*dims))))


def constant(name, array):
    tensor = number(1, FLOAT) + message(2, shape(*array.shape)) + message(4, array.tobytes())
    return node(name, "Const", (), type_attribute("dtype", FLOAT) + attribute("value", message(8, tensor)))


def write_graph(path, gib):
    """Returns the name of the last product, and its value for an input of ones."""
    generator = np.random.default_rng(1)
    result, value = "x", np.ones((1, ROWS), np.float32)
    with open(path, "wb") as file:
        file.write(placeholder("x", 1, ROWS) + placeholder("s", 1))
        for i in range(int(gib * 2**30) // (4 * ROWS * COLUMNS)):
            dims = (ROWS, COLUMNS) if i % 2 == 0 else (COLUMNS, ROWS)
            weight = generator.random(dims, np.float32)
            weight -= np.float32(0.5)
            weight *= np.float32(0.05)  # so that the products neither grow nor shrink much
            value = value @ weight
            file.write(constant(f"w{i}", weight))
            file.write(node(f"y{i}", "MatMul", (result, f"w{i}"), type_attribute("T", FLOAT)))
            result = f"y{i}"
        file.write(node("t", "AddV2", ("s", "s"), type_attribute("T", FLOAT)))
    return result, value


def write_config(path, result):
    functions = [
        {"name": "use", "feeds": [{"node": "x:0", "name": "x"}], "fetches": [{"node": f"{result}:0", "name": "y"}]},
        {"name": "start", "feeds": [{"node": "s:0", "name": "s"}], "fetches": [{"node": "t:0", "name": "t"}]},
    ]
    path.write_text(json.dumps({"name": "weights", "functions": functions}))


# Measuring


def read_tree():
    """Returns {process: (parent, resident bytes)}."""
    tree = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rsplit(")", 1)[1].split()
        except OSError:  # it has ended
            continue
        tree[int(folder.name)] = int(fields[1]), int(fields[21]) * os.sysconf("SC_PAGE_SIZE")
    return tree


def resident_of(process):
    tree = read_tree()
    family, total = {process}, 0
    for process, (parent, resident) in sorted(tree.items()):
        if process in family or parent in family:
            family.add(process)
            total += resident
    return total


def run_watched(command):
    """Returns the seconds that a command took and the most bytes that it and what it started had in memory."""
    start = time.monotonic()
    process = subprocess.Popen(command)
    peak = 0
    while process.poll() is None:
        peak = max(peak, resident_of(process.pid))
        time.sleep(0.005)
    seconds = time.monotonic() - start
    if process.returncode != 0:
        sys.exit(f"{command[0]}: exit status {process.returncode}")
    return seconds, peak


def time_start(program, folder):
    array = folder / "s.npy"
    np.save(array, np.zeros(1, np.float32))
    command = [program, "--function", "start", "--input", f"s={array}"]
    times = []
    for _ in range(21):
        start = time.monotonic()
        subprocess.run(command, check=True)
        times.append(1000 * (time.monotonic() - start))
    return statistics.median(times)


def check_values(program, folder, wanted):
    np.save(folder / "x.npy", np.ones((1, ROWS), np.float32))
    command = [program, "--function", "use", "--input", f"x={folder / 'x.npy'}", "--output", f"y={folder / 'y.npy'}"]
    subprocess.run(command, check=True)
    error = np.abs(np.load(folder / "y.npy") - wanted).max() / np.abs(wanted).max()
    if error > 1e-4:
        sys.exit(f"the program's values are wrong: the largest error is {error:.3g} of the largest value")


def measure(options, place, folder, wanted):
    graph, copy, program = folder / "graph.pb", folder / "copy", folder / "program"
    compile_command = [options.compiler, graph, "--config", folder / "config.json", f"--weights={place}", "-o", program]
    copies, compilations, peaks = [], [], []
    for _ in range(options.rounds):
        copies.append(run_watched(["cp", graph, copy])[0])
        copy.unlink()
        seconds, peak = run_watched(compile_command)
        compilations.append(seconds)
        peaks.append(peak)
    check_values(program, folder, wanted)
    copied, compiled, peak = statistics.median(copies), statistics.median(compilations), max(peaks)
    limit = 3 * copied + 2
    good = compiled <= limit and (options.gib > 1 or peak < 3 * 2**30)
    print(
        f"{options.gib:g} GiB, --weights={place}: compile {compiled:.2f} s, cp {copied:.2f} s "
        f"(limit {limit:.2f} s), peak memory {peak / 2**30:.2f} GiB, start {time_start(program, folder):.1f} ms"
        + ("" if good else "  FAILED"),
        flush=True,
    )
    for file in folder.glob("program*"):
        file.unlink()
    return good


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("compiler", type=Path, help="path of graph-compile")
    parser.add_argument("--gib", type=float, default=1, help="weights, in GiB (default: 1)")
    parser.add_argument("--weights", choices=["embed", "file"], help="default: one after the other")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--directory", type=Path, help="where files go (default: the system's temporary folder)")
    options = parser.parse_args()
    options.compiler = options.compiler.resolve()
    folder = Path(tempfile.mkdtemp(dir=options.directory))
    try:
        result, value = write_graph(folder / "graph.pb", options.gib)
        write_config(folder / "config.json", result)
        places = [options.weights] if options.weights else ["embed", "file"]
        results = [measure(options, place, folder, value) for place in places]
    finally:
        shutil.rmtree(folder)
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
