#===- random-control.py - random conditionals and loops, three ways -------===#
#
# Part of the graph-compile project, under the Apache License v2.0 with LLVM
# Exceptions. See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Makes random programs with variables, conditionals and loops, and compares
three things: what the program says, run as it is written; what graph-interpret
gives for its graph in many orders that the graph allows; and what the compiled
program gives. A program that is not ordered has races, of which any outcome may
be right: there the last two agree.

Each program is made again by its seed. The graph of the last one is left in the
folder.
"""

import argparse
import json
import os
import random
import subprocess
import sys

import numpy as np

sys.dont_write_bytecode = True  # the tests lie in the source tree
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from forms import Functional, Switched, write_config, write_graph
from programs import BOOL, FLOAT, INT, DTYPES, Evaluator, ProgramMaker, Stopped

SCHEDULES = ["source", "memory", "shuffle:1", "shuffle:2", "shuffle:3"]
CALLS = 3


class Mismatch(Exception):
    pass


def expect(condition, message):
    if not condition:
        raise Mismatch(message)


def make_inputs(source, program):
    numbers = {FLOAT: [-2, -1, 0, 0.5, 1, 2, 3], INT: [-1, 0, 1, 2, 3], BOOL: [False, True]}
    return [np.array([source.choice(numbers[value.dtype]) for _ in range(int(np.prod(value.shape)))],
                     DTYPES[value.dtype]).reshape(value.shape) for value in program.inputs]


def evaluate(program, calls):
    """Results and variables after each call; None for a call that is stopped,
    after which nothing is known."""
    evaluator = Evaluator({name: value.copy() for name, value in program.variables.items()})
    expected = []
    for inputs in calls:
        try:
            results = evaluator.run(program, inputs)
        except Stopped:
            expected.append(None)
            break
        expected.append((results, dict(evaluator.variables)))
    return expected


def to_array(tensor):
    return np.array([float(x) for x in tensor["data"]]).reshape(tensor["shape"])


def interpret(folder, graph, program, calls, shuffles, seed):
    listed = [{"function": "run", "inputs": {
        value.name: {"shape": list(x.shape), "data": x.ravel().tolist()}
        for value, x in zip(program.inputs, inputs)}} for inputs in calls]
    with open(os.path.join(folder, "calls.json"), "w") as file:
        json.dump(listed, file)
    result = subprocess.run(
        ["graph-interpret", graph, "--config", os.path.join(folder, "config.json"), "--calls",
         os.path.join(folder, "calls.json"), "--shuffles", str(shuffles), "--seed", str(seed)],
        capture_output=True, text=True)
    expect(result.returncode == 0, f"graph-interpret: {result.stderr}")
    answer = json.loads(result.stdout)
    expect(answer["difference"] is None, f"the order is open: {answer['difference']}")
    expected = []
    for call in answer["calls"]:
        if call["failure"]:
            expect("assertion failed" in call["failure"], call["failure"])
            expected.append(None)
            break
        outputs = [to_array(call["outputs"][f"out_{i}"])
                   for i in range(len(program.block.results))]
        expected.append((outputs, {name: to_array(value)
                                   for name, value in call["variables"].items()}))
    return expected, "[-Wrace]" in result.stderr


def read_state(path):
    with open(path, "rb") as file:
        data = file.read()
    size = int.from_bytes(data[:8], "little")
    state = {}
    for name, entry in json.loads(data[8:8 + size]).items():
        if name != "__metadata__":
            begin, end = entry["data_offsets"]
            state[name] = np.frombuffer(data[8 + size + begin:8 + size + end],
                                        np.float32).reshape(entry["shape"])
    return state


def run_compiled(folder, graph, program, calls, flags):
    binary = os.path.join(folder, "program")
    result = subprocess.run(
        ["graph-compile", graph, "--config", os.path.join(folder, "config.json"), "-o", binary,
         "-Wno-race", "-Wno-lost-update", "-Wno-captured-effect", *flags],
        capture_output=True, text=True)
    expect(result.returncode == 0 and not result.stderr, f"graph-compile: {result.stderr}")
    expected = []
    state = os.path.join(folder, "state")
    for number, inputs in enumerate(calls):
        command = [binary, "--save", state] + (["--load", state] if number else [])
        for value, x in zip(program.inputs, inputs):
            np.save(os.path.join(folder, value.name + ".npy"), x)
            command += ["--input", f"{value.name}={os.path.join(folder, value.name)}.npy"]
        names = [f"out_{i}" for i in range(len(program.block.results))]
        for name in names:
            command += ["--output", f"{name}={os.path.join(folder, name)}.npy"]
        result = subprocess.run(command, capture_output=True, text=True)
        if result.returncode == 3:
            expected.append(None)
            break
        expect(result.returncode == 0, f"status {result.returncode}: {result.stderr}")
        expected.append(([np.load(os.path.join(folder, name + ".npy")) for name in names],
                         read_state(state)))
    return expected


def same(a, b):
    return a.shape == b.shape and np.array_equal(
        np.asarray(a, np.float64), np.asarray(b, np.float64), equal_nan=True)


def compare(what, got, wanted):
    expect(len(got) == len(wanted), f"{what}: {len(got)} calls ran, expected {len(wanted)}")
    for number, (a, b) in enumerate(zip(got, wanted)):
        expect((a is None) == (b is None), f"{what}: call {number}: stopped: {a is None}, {b is None}")
        if a is None:
            continue
        for index, (x, y) in enumerate(zip(a[0], b[0])):
            expect(same(x, y), f"{what}: call {number}: out_{index} is {x}, expected {y}")
        for name, value in b[1].items():
            expect(same(a[1][name], value),
                   f"{what}: call {number}: {name} is {a[1][name]}, expected {value}")


def check_program(seed, options, folder):
    source = random.Random(seed)
    maker = ProgramMaker(source)
    program = maker.make(options.size)
    calls = [make_inputs(source, program) for _ in range(CALLS)]
    write_config(program, os.path.join(folder, "config.json"))
    for form in (Functional(), Switched()):
        name = type(form).__name__.lower()
        graph = os.path.join(folder, name + ".pbtxt")
        try:
            write_graph(program, form, graph)
            wanted, has_race = interpret(folder, graph, program, calls, options.shuffles, seed)
            if maker.is_ordered:
                expect(not has_race, "a race was found in an ordered program")
                compare("graph-interpret", wanted, evaluate(program, calls))
            if not options.interpret_only:
                flags = ["--schedule=" + SCHEDULES[seed % len(SCHEDULES)]]
                compare("compiled", run_compiled(folder, graph, program, calls, flags), wanted)
        except Mismatch as mismatch:
            print(f"seed {seed}, {name}: {mismatch}")
            return False
    return True


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", help="where to put graphs and programs")
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    parser.add_argument("--count", type=int, default=20, help="how many programs")
    parser.add_argument("--size", type=int, default=25, help="statements per program")
    parser.add_argument("--shuffles", type=int, default=20, help="orders of each graph")
    parser.add_argument("--interpret-only", action="store_true", help="compile nothing")
    options = parser.parse_args()
    folder = os.path.abspath(options.folder)
    os.makedirs(folder, exist_ok=True)
    seeds = range(options.first, options.first + options.count)
    failed = sum(not check_program(seed, options, folder) for seed in seeds)
    print(f"{options.count - failed} programs agree, {failed} differ")
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
