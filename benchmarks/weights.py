#!/usr/bin/env python3
"""Compiles a graph with gigabytes of weights: how long, against `cp` of its file, and with how much memory.

The graph is a chain of matrix products; above 2 GiB it is what no protobuf library writes as one message, but what
GraphDefs in a row are. Compiling and copying take turns, so that both meet the same machine; the best round of each
counts. The program has a second function that uses no weights: the time of a call of that is the time that a program
takes to start. Exit status 1 if compiling took more than 3 times `cp` plus 2 s or, up to 1 GiB of weights, 3 GiB of
memory.
"""

import json
import shutil
import sys
import tempfile
from pathlib import Path

import numpy as np
from graphdef import FLOAT, make_constant, make_placeholder, node, type_attribute
from measuring import ROWS, check_values, compare_with_copy, draw_weights, make_parser, remove_program, time_start


def write_graph(path, gib):
    """Returns the name of the last product, and its value for an input of ones."""
    result, value = "x", np.ones((1, ROWS), np.float32)
    with open(path, "wb") as file:
        file.write(make_placeholder("x", [1, ROWS]) + make_placeholder("s", [1]))
        for i, weight in enumerate(draw_weights(gib)):
            value = value @ weight
            file.write(make_constant(f"w{i}", weight))
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


def measure(options, place, folder, wanted):
    graph, program = folder / "graph.pb", folder / "program"
    command = [options.compiler, graph, "--config", folder / "config.json", f"--weights={place}", "-o", program]
    text, good = compare_with_copy(graph, command, options, folder)
    check_values(program, folder, wanted)
    print(f"{options.gib:g} GiB, --weights={place}: {text}, start {time_start(program, folder):.1f} ms", flush=True)
    remove_program(folder)
    return good


def main():
    options = make_parser(__doc__).parse_args()
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
