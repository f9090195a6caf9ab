#===- random-order.py - compiled graphs against the reference --------------===#
#
# Part of the graph-compile project, under the Apache License v2.0 with LLVM
# Exceptions. See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Compiles random graphs under every schedule and compares warnings, outputs,
variables, exit status and printed text with an interpreter of the nodes. A
graph that differs can be made again by its seed, and is left in the folder if
it was the last one.
"""

import argparse
import json
import os
import random
import re
import subprocess
import sys

import numpy as np

sys.dont_write_bytecode = True  # the tests lie in the source tree
from graphs import FLOAT, Function, GraphMaker, write_config, write_graph
from reference import Interpreter

FLAGS = [["--schedule=source"], ["--schedule=memory"], ["--schedule=shuffle:1"],
         ["--schedule=shuffle:2"], ["--schedule=shuffle:3"],
         ["--schedule=shuffle:4", "--auto-order", "-Werror=race"]]
CALLS = 4
SHOWN_RACES = 10

RACE = re.compile(r'warning: variable "(\w+)": (?:read at node "(\w+)" and write at'
                  r' node "(\w+)"|writes at nodes "(\w+)" and "(\w+)") are not'
                  r' ordered \[-Wrace\]')
MORE = re.compile(r'variable "(\w+)": (\d+) more pairs? of accesses (?:are|is) not ordered')


class Mismatch(Exception):
    pass


def expect(condition, message):
    if not condition:
        raise Mismatch(message)


def close(a, b):
    return a.shape == b.shape and np.allclose(a, b, rtol=1e-5, atol=1e-5)


def load_state(path):
    """The tensors of a safetensors file."""
    with open(path, "rb") as file:
        data = file.read()
    size = int.from_bytes(data[:8], "little")
    tensors = {}
    for name, entry in json.loads(data[8:8 + size]).items():
        if name == "__metadata__":
            continue
        begin, end = entry["data_offsets"]
        dtype = {"F32": np.float32, "I32": np.int32}[entry["dtype"]]
        content = np.frombuffer(data[8 + size + begin:8 + size + end], dtype)
        tensors[name] = content.reshape(entry["shape"])
    return tensors


# Warnings

def check_races(stderr, runs):
    """`runs` has one run per function, in their order."""
    wanted, more, many = set(), [], set()
    for run in runs:
        for variable, pairs in run.races.items():
            fresh = {(variable, *pair) for pair in pairs} - wanted
            wanted |= {(variable, *pair) for pair in pairs}
            if len(pairs) > SHOWN_RACES:
                many.add(variable)
                more.append((variable, len(pairs) - SHOWN_RACES))
    got = []
    for match in RACE.finditer(stderr):
        variable, read, write, first, second = match.groups()
        got.append((variable, "rw", read, write) if read
                   else (variable, "ww", first, second))
    expect(len(got) == len(set(got)), f"a race is reported twice: {got}")
    expect(set(got) <= wanted, f"false alarms: {sorted(set(got) - wanted)}")
    missing = {race for race in wanted - set(got) if race[0] not in many}
    expect(not missing, f"races not found: {sorted(missing)}")
    got_more = [(v, int(n)) for v, n in MORE.findall(stderr)]
    for entry in got_more:
        expect(entry in more, f"wrong count of races: {entry}, expected {more}")


# Calls

def parse_prints(stderr):
    printed = []
    for name, text in re.findall(r"^P:(\w+):(.*)$", stderr, re.M):
        printed.append((name, [float(x) for x in re.findall(r"-?[\d.]+(?:e[+-]?\d+)?", text)]))
    return printed


def check_prints(run, before, printed):
    names = [name for name, _ in printed]
    expect(len(set(names)) == len(names), f"printed twice: {names}")
    for name, numbers in printed:
        expect(name in run.prints, f"print {name} is not run")
        wanted = run.prints[name].reshape(-1)
        expect(len(wanted) == len(numbers) and np.allclose(wanted, numbers, rtol=1e-4),
               f"{name} printed {numbers}, expected {wanted}")
    for i, later in enumerate(names):
        for earlier in names[i + 1:]:
            expect(earlier not in before[later],
                   f"{later} was printed before {earlier}")


def same(a, b):
    """Whether a variable's contents are the same; None is that of no content."""
    return a is b if a is None or b is None else close(a, b)


def count_writes(variable, run, state, after):
    """How many of its writes a variable may have seen."""
    steps = [state.get(variable)]
    steps += [content for _, content in run.writes.get(variable, [])]
    got = after.get(variable)
    counts = [i for i, content in enumerate(steps) if same(content, got)]
    expect(counts, f"{variable} is {got}, expected one of {steps}")
    return counts


def check_stopped(run, before, stderr, status, printed, state, after):
    """A failure stopped the call: what it waits for has happened, and nothing
    has happened that waits for what has not."""
    assertion = re.search(r'node "(\w+)": assertion failed', stderr)
    unset = re.search(r'variable "(\w+)" is read, but nothing has set it', stderr)
    expect(assertion or unset, f"the message is {stderr!r}")
    failures = [assertion.group(1)] if assertion else run.unset.get(unset.group(1), [])
    # Of several failures the first in the order that was chosen is reported.
    possible = [name for name in failures
                if name in run.failures and not before[name] & set(run.failures)]
    expect(possible, f"reported {stderr!r}, failures are {run.failures}")
    wanted = 3 if assertion else 1
    expect(status == wanted, f"status {status}, expected {wanted}")
    happened = {name for name, _ in printed}
    absent = set(run.prints) - happened
    for variable in run.writes:
        nodes = [name for name, _ in run.writes[variable]]
        counts = count_writes(variable, run, state, after)
        happened |= set(nodes[:min(counts)])
        absent |= set(nodes[max(counts):])
    must = set.intersection(*(before[name] for name in possible))
    must = must.union(*(before[name] for name in happened))
    expect(not must & absent, f"{sorted(must & absent)} did not happen")
    for name in happened:
        early = set(run.failures) & before[name]
        expect(not early, f"{name} happened although it waits for {early}")


def call(program, folder, plan, is_fresh, is_program_order):
    """Runs one call and compares all that it does."""
    def get_path(kind, tensor):
        return os.path.join(folder, f"{kind}_{tensor[0]}_{tensor[1]}.npy")

    function, inputs, state, run = plan
    before = run.before_in_program if is_program_order else run.before
    command = [program, "--function", function.name, "--save", "after"]
    if not is_fresh:
        save_state(os.path.join(folder, "state"), state)
        command += ["--load", "state"]
    for feed, value in inputs.items():
        np.save(get_path("in", feed), value)
        command += ["--input", f"{feed[0]}_{feed[1]}={get_path('in', feed)}"]
    for fetch in function.fetches:
        command += ["--output", f"{fetch[0]}_{fetch[1]}={get_path('out', fetch)}"]
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    expect((result.returncode != 0) == bool(run.failures),
           f"status {result.returncode}, {result.stderr!r}, failures: {run.failures}")
    printed = parse_prints(result.stderr)
    check_prints(run, before, printed)
    after = load_state(os.path.join(folder, "after"))
    if run.failures:
        return check_stopped(run, before, result.stderr, result.returncode, printed,
                             state, after)
    expect({name for name, _ in printed} == set(run.prints),
           f"printed {printed}, expected {run.prints}")
    for fetch, value in run.outputs.items():
        got = np.load(get_path("out", fetch))
        expect(close(got, np.asarray(value)), f"output {fetch} is {got}, expected {value}")
    for variable in state.keys() | run.writes.keys():
        writes = run.writes.get(variable)
        wanted = writes[-1][1] if writes else state.get(variable)
        expect(same(after.get(variable), wanted),
               f"variable {variable} is {after.get(variable)}, expected {wanted}")


def save_state(path, state):
    header, data = {}, b""
    for name, value in state.items():
        content = value.tobytes()
        dtype = {np.float32: "F32", np.int32: "I32"}[value.dtype.type]
        header[name] = {"dtype": dtype, "shape": list(value.shape),
                        "data_offsets": [len(data), len(data) + len(content)]}
        data += content
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(len(text).to_bytes(8, "little") + text + data)


def plan_calls(source, maker, interpreter, functions, init):
    """What some calls should do, each from the state that the one before left.
    The first is of a new instance."""
    state = {}
    interpreter.run(Function("initializer", {}, [], [init]), {}, state, True)
    plans = []
    for i in range(max(CALLS, len(functions))):
        function = functions[i] if i < len(functions) else source.choice(functions)
        inputs = {}
        for feed, shape in function.feeds.items():
            shape = [3 if dim == -1 else dim for dim in shape]
            values = [maker.number() for _ in range(3 if shape else 1)]
            inputs[feed] = np.array(values, interpreter.dtype).reshape(shape)
        before = dict(state)
        run = interpreter.run(function, inputs, state)
        if run.failures:
            state = dict(before)
        plans.append((function, inputs, before, run))
    return plans


def check_graph(seed, folder, size, all_flags):
    source = random.Random(seed)
    maker = GraphMaker(source)
    nodes, functions, init = maker.make(size)
    graph, config, program = (os.path.join(folder, name) for name in
                              ("graph.pbtxt", "config.json", "program"))
    write_graph(nodes, graph)
    write_config(functions, init, config)
    interpreter = Interpreter(nodes, np.float32 if maker.dtype == FLOAT else np.int32)
    plans = plan_calls(source, maker, interpreter, functions, init)
    runs = [run for _, _, _, run in plans[:len(functions)]]
    for flags in all_flags:
        is_program_order = "--auto-order" in flags
        result = subprocess.run(["graph-compile", graph, "--config", config, *flags,
                                 "-Wno-lost-update", "-o", program],
                                capture_output=True, text=True)
        try:
            expect(result.returncode == 0, result.stderr)
            check_races(result.stderr, [] if is_program_order else runs)
            for i, plan in enumerate(plans):
                call(program, folder, plan, i == 0, is_program_order)
        except Mismatch as mismatch:
            print(f"seed {seed}, {' '.join(flags)}: {mismatch}")
            return False
    return True


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", help="where to put graphs and programs")
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    parser.add_argument("--count", type=int, default=20, help="how many graphs")
    parser.add_argument("--nodes", type=int, default=45, help="nodes per graph")
    parser.add_argument("--all-flags", action="store_true",
                        help="compile each graph under every schedule, not one")
    options = parser.parse_args()
    folder = os.path.abspath(options.folder)
    os.makedirs(folder, exist_ok=True)
    failed = 0
    for seed in range(options.first, options.first + options.count):
        flags = FLAGS if options.all_flags else [FLAGS[seed % len(FLAGS)]]
        failed += not check_graph(seed, folder, options.nodes, flags)
    print(f"{options.count - failed} graphs agree, {failed} differ")
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
