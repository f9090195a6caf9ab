#!/usr/bin/env python3
# ===- run_regions.py - runs the functions of regions.mlir --------------------===//
#
# Part of the graph-compile project, under the Apache License v2.0 with LLVM
# Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------===//
"""usage: run_regions.py PROGRAM FOLDER

Runs every function of PROGRAM, regions.mlir compiled, with 0 to 7 iterations,
on one thread and on two, and compares what it gives with NumPy's answer.
"""

import os
import subprocess
import sys

import numpy as np

X = np.array([1, 2, 3, 4], np.float32)
B = np.array([10, 20, 30, 40], np.float32)


def scalars(n):
    s = 1
    for i in range(n):
        s = (3 * s) ^ i
    return {"y": np.int64(s)}


def rotate(n):
    v = X
    for _ in range(n):
        v = np.roll(v, -1) + 1
    return {"y": v}


def ring(n):
    p, q, s = X, B, np.full(4, 5, np.float32)
    for _ in range(n):
        p, q, s = q, s, p
    return {"y": p, "z": q, "w": s}


def delay(n):
    p, q, s = X, X, X
    for _ in range(n):
        p, q, s = p + q, p, p + q
    return {"y": p, "z": q, "w": s}


def branch(n):
    if n < 1:
        return {"y": X, "z": B, "w": np.int64(1)}
    y, z = (X + B, X + B) if n < 2 else (X, B)
    return {"y": y, "z": z, "w": np.int64(n)}


def best(n):
    cur, kept = X, X
    for i in range(n):
        cur = [cur + 7, cur, cur - 9][i % 3]
        kept = cur if cur[0] > kept[0] else kept
    return {"y": cur, "z": kept}


def push_back(n):
    rows = [X + i for i in range(n)]
    pair = np.array([np.zeros(4), np.ones(4)], np.float32)
    for i in range(n):
        pair[i % 2] = rows[i]
    return {"y": np.array(rows, np.float32).reshape(n, 4), "z": pair}


def state(n):
    return {"y": X} if n >= 2 else None


def nested(n):
    p, q = X, X
    for i in range(n):
        s = p
        for _ in range(i):
            s = np.roll(s, -1) + q
        p, q = (p, s) if i % 2 == 1 else (s, q)
    return {"y": p, "z": q}


def condition(n):
    v = X + 1
    for _ in range(n):
        v = 2 * v + 1
    return {"y": v}


FUNCTIONS = {
    "scalars": scalars,
    "in_place": lambda n: {"y": X * 2**n},
    "rotate": rotate,
    "ring": ring,
    "delay": delay,
    "branch": branch,
    "best": best,
    "push_back": push_back,
    "double": lambda n: {"y": np.tile(X, 2**n)},
    "state": state,
    "nested": nested,
    "condition": condition,
    "threads": lambda n: {"y": np.full(400000, 0.5 + n, np.float32)},
}


def run(program, folder, function, n, threads):
    """Returns the exit status and what the function gives."""
    command = [program, "--function", function, "--threads", str(threads)]
    # The second call finds the memory of the first one.
    if function != "state":
        command += ["--steps", "2"]
    inputs = {"n": np.int64(n)}
    if function == "double":
        inputs["v"] = X
    elif function not in ("scalars", "threads"):
        inputs["x"] = X
    for name, value in inputs.items():
        path = os.path.join(folder, name + ".npy")
        np.save(path, value)
        command += ["--input", f"{name}={path}"]
    outputs = {name: os.path.join(folder, name + ".npy") for name in FUNCTIONS[function](2)}
    for name, path in outputs.items():
        command += ["--output", f"{name}={path}"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        return result.returncode, result.stderr
    return 0, {name: np.load(path) for name, path in outputs.items()}


def check(program, folder, function, n, threads):
    """Returns what is wrong, if something is."""
    expected = FUNCTIONS[function](n)
    status, given = run(program, folder, function, n, threads)
    if function == "state" and (n < 2 or n > 4):
        wanted = (1, 'variable "unset"') if n < 2 else (3, "at 4")
        return None if status == wanted[0] and wanted[1] in given else f"status {status}, {given}"
    if status != 0:
        return f"status {status}, {given}"
    for name, value in expected.items():
        if given[name].shape != value.shape or not np.array_equal(given[name], value):
            return f"{name}: expected {value}, but got {given[name]}"
    return None


def main():
    program, folder = sys.argv[1:]
    os.makedirs(folder, exist_ok=True)
    failures = 0
    for function in FUNCTIONS:
        for n in range(8):
            for threads in (1, 2):
                wrong = check(program, folder, function, n, threads)
                if wrong:
                    print(f"{function}, {n} iterations, {threads} threads: {wrong}")
                    failures += 1
    print(f"{failures} failures")
    sys.exit(failures != 0)


if __name__ == "__main__":
    main()
