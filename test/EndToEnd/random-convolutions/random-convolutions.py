#!/usr/bin/env python3
# ===- random-convolutions.py - random convolutions against NumPy -------------===//
#
# Part of the graph-compile project, under the Apache License v2.0 with LLVM
# Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------===//
"""usage: random-convolutions.py FOLDER [--count N] [--seed N] [--cpu NAME]..

Writes a module of N functions, each a random convolution or a gradient of one,
compiles it for each CPU (default: x86-64 and its levels that this machine has),
runs every function on one thread and on three, whose results must be the same
bytes, and compares them with NumPy's.
"""

import argparse
import itertools
import os
import random
import subprocess
import sys

import numpy as np

DTYPES = {"f32": np.float32, "f64": np.float64, "f16": np.float16, "i32": np.int32}
TOLERANCE = {"f32": 1e-5, "f64": 1e-13, "f16": 2e-3, "i32": 0}
LEVELS = {"x86-64": [], "x86-64-v3": ["avx2", "fma"], "x86-64-v4": ["avx512f", "avx512bw", "avx512dq", "avx512vl"]}


class Dim:
    """How windows lie along one spatial dim."""

    def __init__(self, rng, same):
        self.size, self.taps = rng.choice([1, 2, 5, 7, 8, 13, 17, 30]), rng.choice([1, 1, 2, 3, 3, 5])
        self.stride, self.dilation = rng.choice([1, 1, 1, 2, 3]), rng.choice([1, 1, 1, 2])
        reach = (self.taps - 1) * self.dilation + 1
        if same:
            self.out = -(-self.size // self.stride)
            padding = max(0, (self.out - 1) * self.stride + reach - self.size)
            self.before, self.after = padding // 2, padding - padding // 2
            return
        self.before, self.after = rng.choice([0, 0, 1, 1, 2, 3]), rng.choice([0, 0, 1, 1, 2, 3])
        self.size = max(self.size, reach - self.before - self.after)
        self.out = (self.size + self.before + self.after - reach) // self.stride + 1


class Convolution:
    """A random convolution; `kind` is it itself or which gradient of it."""

    def __init__(self, rng, number):
        self.name = f"f{number}"
        self.kind = rng.choice(["conv"] * 3 + ["input_grad", "filter_grad"])
        self.dtype = rng.choice(["f32"] * 8 + ["f64", "f16", "i32"])
        self.same = rng.random() < 0.4
        self.dims = [Dim(rng, self.same) for _ in range(rng.choice([1, 2, 2, 2, 2, 3]))]
        self.batch = rng.choice([1, 2, 3])
        channels, features = rng.choice([1, 2, 3, 4, 8, 16, 17, 40]), rng.choice([1, 3, 4, 8, 16, 17, 33, 70])
        self.groups = rng.choice([1, 1, 1, 1, 2, 3])
        if rng.random() < 0.25:  # depthwise
            self.groups, channels, features = rng.choice([4, 16, 19, 64, 100]), 1, rng.choice([1, 1, 1, 2])
        self.channels, self.features = channels * self.groups, features * self.groups
        self.opens_batch, self.opens_spatial = rng.random() < 0.5, rng.random() < 0.25
        self.is_constant = rng.random() < 0.5
        self.epilogue = rng.choice(["none", "bias", "bias_relu", "residual"]) if self.kind == "conv" else "none"
        self.numbers = np.random.default_rng(rng.randrange(1 << 30))

    def make(self, shape):
        if self.dtype == "i32":
            return self.numbers.integers(-9, 9, shape, np.int32)
        return self.numbers.uniform(-1, 1, shape).astype(DTYPES[self.dtype])

    def make_operands(self):
        self.x = self.make([self.batch] + [d.size for d in self.dims] + [self.channels])
        self.w = self.make([d.taps for d in self.dims] + [self.channels // self.groups, self.features])
        self.y = self.make([self.batch] + [d.out for d in self.dims] + [self.features])
        self.bias = self.make([self.features])

    # The module.

    def get_type(self, array, is_open=True):
        shape = list(array.shape)
        if is_open and self.opens_batch:
            shape[0] = "?"
        if is_open and self.opens_spatial:
            shape[1:-1] = "?" * len(self.dims)
        return "tensor<" + "".join(f"{size}x" for size in shape) + self.dtype + ">"

    def get_attributes(self):
        lists = {"strides": [d.stride for d in self.dims], "dilations": [d.dilation for d in self.dims]}
        if not self.same:
            lists["padding"] = [size for d in self.dims for size in (d.before, d.after)]
        text = [f"{name} = array<i64: {', '.join(map(str, values))}>" for name, values in lists.items()]
        return "{" + ", ".join(text + ["same_padding"] * self.same + [f"groups = {self.groups} : i64"]) + "}"

    def write(self):
        x, w, y = self.get_type(self.x), self.get_type(self.w, False), self.get_type(self.y)
        sizes = f"tensor<{len(self.dims)}xi32>"
        self.inputs = {}
        body, arguments = [], []

        def add(name, array, kind):
            self.inputs[name] = array
            arguments.append(f'%{name}: {kind} {{graph.name = "{name}"}}')

        def add_constant(name, array, kind):
            body.append(f'%{name} = graph.constant dense<"0x{array.tobytes().hex().upper()}"> : {kind}')

        def add_sizes(values):
            body.append(f"%sizes = graph.constant dense<[{', '.join(map(str, values))}]> : {sizes}")

        if self.kind != "filter_grad":
            (add_constant if self.is_constant and self.w.size > 1 else add)("w", self.w, w)
        if self.kind == "conv":
            add("x", self.x, x)
            result = y
            body.append(f"%0 = graph.conv %x, %w {self.get_attributes()} : ({x}, {w}) -> {y}")
        elif self.kind == "input_grad":
            add("y", self.y, y)
            result = x if not self.opens_spatial else self.get_type(self.x, False)
            if self.opens_spatial and self.opens_batch:
                result = result.replace(f"<{self.batch}x", "<?x", 1)
            add_sizes([d.size for d in self.dims])
            body.append(
                f"%0 = graph.conv_input_grad %w, %y, %sizes {self.get_attributes()} : ({w}, {y}, {sizes}) -> {result}"
            )
        else:
            add("x", self.x, x)
            add("y", self.y, y)
            result = w
            add_sizes([d.taps for d in self.dims])
            body.append(
                f"%0 = graph.conv_filter_grad %x, %y, %sizes {self.get_attributes()} : ({x}, {y}, {sizes}) -> {w}"
            )
        last = self.write_epilogue(body, add, result)
        return (
            f"graph.func @{self.name}({', '.join(arguments)}) -> ({result} {{graph.name = \"r\"}}) {{\n  "
            + "\n  ".join(body)
            + f"\n  graph.return {last} : {result}\n}}\n"
        )

    def write_epilogue(self, body, add, result):
        if self.epilogue == "none":
            return "%0"
        if self.epilogue == "residual":
            add("z", self.y, result)
            body.append(f"%1 = graph.add %0, %z : {result}")
            return "%1"
        add("b", self.bias, self.get_type(self.bias, False))
        body.append(f"%1 = graph.add %0, %b : ({result}, {self.get_type(self.bias, False)}) -> {result}")
        if self.epilogue == "bias":
            return "%1"
        zero = "0" if self.dtype == "i32" else "0.0"
        body.append(f"%zero = graph.constant dense<{zero}> : tensor<{self.dtype}>")
        body.append(f"%2 = graph.max %1, %zero : ({result}, tensor<{self.dtype}>) -> {result}")
        return "%2"

    # What it should give, and how much its terms add up to without their signs.

    def get_windows(self, tap):
        """The places of the padded input that meet with `tap`."""
        return (slice(None),) + tuple(
            slice(k * d.dilation, k * d.dilation + (d.out - 1) * d.stride + 1, d.stride) for k, d in zip(tap, self.dims)
        )

    def compute(self, x, w, y):
        groups = self.groups
        padding = [(0, 0)] + [(d.before, d.after) for d in self.dims] + [(0, 0)]
        padded = np.pad(x, padding)
        split = lambda array: array.reshape(*array.shape[:-1], groups, -1)
        padded, grad, filters = split(padded), split(y), split(w)
        result = {"conv": np.zeros_like(grad), "input_grad": np.zeros_like(padded), "filter_grad": np.zeros_like(filters)}
        for tap in itertools.product(*[range(d.taps) for d in self.dims]):
            at = self.get_windows(tap)
            if self.kind == "conv":
                result["conv"] += np.einsum("...gc,cgq->...gq", padded[at], filters[tap])
            elif self.kind == "input_grad":
                result["input_grad"][at] += np.einsum("...gq,cgq->...gc", grad, filters[tap])
            else:
                flat = lambda array: array.reshape(-1, *array.shape[-2:])
                result["filter_grad"][tap] = np.einsum("pgc,pgq->cgq", flat(padded[at]), flat(grad))
        result = result[self.kind]
        result = result.reshape(*result.shape[:-2], -1)
        if self.kind == "input_grad":
            inside = tuple(slice(d.before, d.before + d.size) for d in self.dims)
            result = result[(slice(None),) + inside]
        return result

    def get_expected(self):
        wide = np.int32 if self.dtype == "i32" else np.float64
        x, w, y, bias = (array.astype(wide) for array in (self.x, self.w, self.y, self.bias))
        result, scale = self.compute(x, w, y), self.compute(abs(x), abs(w), abs(y))
        if self.epilogue == "residual":
            result, scale = result + y, scale + abs(y)
        elif self.epilogue != "none":
            result, scale = result + bias, scale + abs(bias)
        return (np.maximum(result, 0) if self.epilogue == "bias_relu" else result), scale


def run(program, case, folder, threads):
    output = os.path.join(folder, f"r{threads}.npy")
    command = [program, "--function", case.name, "--threads", str(threads), "--output", f"r={output}"]
    for name, array in case.inputs.items():
        path = os.path.join(folder, f"{name}.npy")
        np.save(path, array)
        command += ["--input", f"{name}={path}"]
    subprocess.run(command, check=True)
    return np.load(output)


def check(program, case, folder):
    one, three = (run(program, case, folder, threads) for threads in (1, 3))
    expected, scale = case.get_expected()
    if one.tobytes() != three.tobytes():
        return "depends on the number of threads"
    error = np.max(abs(one - expected) / np.maximum(scale, 1e-6), initial=0)
    return f"error {error}" if not error <= TOLERANCE[case.dtype] else None


def get_levels():
    with open("/proc/cpuinfo") as file:
        flags = next((line.split() for line in file if line.startswith("flags")), [])
    return [level for level, needed in LEVELS.items() if set(needed) <= set(flags)]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder")
    parser.add_argument("--count", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cpu", action="append")
    parser.add_argument("--only", help="just this function")
    options = parser.parse_args()
    os.makedirs(options.folder, exist_ok=True)
    rng = random.Random(options.seed)
    cases = [Convolution(rng, number) for number in range(options.count)]
    for case in cases:
        case.make_operands()
    cases = [case for case in cases if options.only in (None, case.name)]
    model = os.path.join(options.folder, "model.mlir")
    texts = [case.write() for case in cases]
    with open(model, "w") as file:
        file.write("".join(texts))
    failed = 0
    for cpu in options.cpu or get_levels():
        program = os.path.join(options.folder, "program")
        subprocess.run(["graph-compile", model, f"--cpu={cpu}", "-o", program], check=True)
        for case, text in zip(cases, texts):
            problem = check(program, case, options.folder)
            if problem:
                failed += 1
                lines = [line for line in text.splitlines() if "graph.constant" not in line]
                print(f"{cpu}: {problem}:", *lines, sep="\n", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
