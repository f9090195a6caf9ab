#!/usr/bin/env python3
"""Compiles a SavedModel with gigabytes of variables: how long, against `cp -r` of its folder, and with how much memory.

The SavedModel has the graph of weights.py with variables for weights, restored from its checkpoint by their names, and
two signatures: `use`, and `start`, which uses no variables. `--model FOLDER` takes another SavedModel, whose results are
not looked at. Compiling and copying take turns, so that both meet the same machine; the best round of each counts.
Exit status 1 if compiling took more than 3 times `cp` plus 2 s or, up to 1 GiB of variables, 3 GiB of memory.
"""

import shutil
import sys
import tempfile
from pathlib import Path

import numpy as np
from bundle import Bundle
from graphdef import FLOAT, attribute, make_placeholder, make_shape, message, node, number, type_attribute
from measuring import ROWS, check_values, compare_with_copy, draw_weights, make_parser, remove_program, time_start


def make_variable(name, shape):
    """The nodes of a variable and of reading it, NAME/read."""
    attributes = type_attribute("dtype", FLOAT) + attribute("shape", message(7, make_shape(shape)))
    handle = node(name, "VarHandleOp", (), attributes + attribute("shared_name", message(2, name.encode())))
    return handle + node(f"{name}/read", "ReadVariableOp", [name], type_attribute("dtype", FLOAT))


def make_signature(name, feed, fetch):
    """A signature from one tensor to another, each a name, a node's output and a shape."""

    def describe(name, tensor, shape):
        info = message(1, tensor.encode()) + number(2, FLOAT) + message(3, make_shape(shape))
        return message(1, name.encode()) + message(2, info)

    method = message(3, b"tensorflow/serving/predict")
    content = message(1, describe(*feed)) + message(2, describe(*fetch)) + method
    return message(1, name.encode()) + message(2, content)


def write_model(folder, gib, scratch):
    """Returns what `use` gives for an input of ones."""
    (folder / "variables").mkdir(parents=True)
    bundle = Bundle(folder / "variables" / "variables", scratch)
    graph = make_placeholder("x", [1, ROWS]) + make_placeholder("s", [1])
    result, value = "x", np.ones((1, ROWS), np.float32)
    for i, weight in enumerate(draw_weights(gib)):
        value = value @ weight
        bundle.add(f"w{i}", weight)
        graph += make_variable(f"w{i}", weight.shape)
        graph += node(f"y{i}", "MatMul", (result, f"w{i}/read"), type_attribute("T", FLOAT))
        result = f"y{i}"
    bundle.finish()
    graph += node("t", "AddV2", ("s", "s"), type_attribute("T", FLOAT))
    meta = message(1, message(4, b"serve")) + message(2, graph)
    meta += message(5, make_signature("use", ("x", "x:0", [1, ROWS]), ("y", f"{result}:0", value.shape)))
    meta += message(5, make_signature("start", ("s", "s:0", [1]), ("t", "t:0", [1])))
    (folder / "saved_model.pb").write_bytes(number(1, 1) + message(2, meta))
    return value


def measure(options, place, model, folder, wanted):
    program = folder / "program"
    command = [options.compiler, model, f"--weights={place}", "-o", program]
    text, good = compare_with_copy(model, command, options, folder)
    if wanted is not None:
        check_values(program, folder, wanted)
        text += f", start {time_start(program, folder):.1f} ms"
    print(f"{model if wanted is None else f'{options.gib:g} GiB'}, --weights={place}: {text}", flush=True)
    remove_program(folder)
    return good


def main():
    parser = make_parser(__doc__)
    parser.add_argument("--model", type=Path, help="a SavedModel to compile instead")
    options = parser.parse_args()
    options.compiler = options.compiler.resolve()
    folder = Path(tempfile.mkdtemp(dir=options.directory))
    try:
        model, wanted = options.model, None
        if not model:
            model = folder / "model"
            wanted = write_model(model, options.gib, folder)
        places = [options.weights] if options.weights else ["embed", "file"]
        results = [measure(options, place, model, folder, wanted) for place in places]
    finally:
        shutil.rmtree(folder)
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
