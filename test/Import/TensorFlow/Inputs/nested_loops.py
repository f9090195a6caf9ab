#!/usr/bin/env python3
# ===- nested_loops.py - a graph of loops in loops ------------------------===//
#
# Part of the graph-compile project, under the Apache License v2.0 with LLVM
# Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------===//
"""usage: nested_loops.py DEPTH [ordered]

Prints a graph of so many loops of TensorFlow 1, two or more, one in the other.
The innermost one adds to the variable "v" at node "count", for which its own next
iteration waits only if it is to be `ordered`. "exit_1" waits for everything.
"""

import sys

FORMATS = {"T": "type: %s", "dtype": "type: %s", "N": "i: %s", "frame_name": 's: "%s"', "is_constant": "b: %s"}


def node(name, op, *inputs, **attributes):
    text = [f'name: "{name}" op: "{op}"', *(f'input: "{i}"' for i in inputs)]
    for key, value in attributes.items():
        text.append(f'attr {{ key: "{key}" value {{ {FORMATS.get(key, "%s") % value} }} }}')
    print("node {", *text, "}")


def constant(name, value, *controls):
    tensor = f"tensor {{ dtype: DT_INT32 tensor_shape {{ }} int_val: {value} }}"
    node(name, "Const", *controls, dtype="DT_INT32", value=tensor)


def carry(name, level, start, waits):
    """Counts from `start` on in a loop; each iteration's sum waits for others."""
    node(f"enter_{name}", "Enter", start, T="DT_INT32", frame_name=f"loop_{level}")
    node(name, "Merge", f"enter_{name}", f"next_{name}", T="DT_INT32", N=2)
    node(f"gate_{name}", "Switch", name, f"goes_on_{level}", T="DT_INT32")
    node(f"body_{name}", "Identity", f"gate_{name}:1", T="DT_INT32")
    node(f"add_{name}", "AddV2", f"body_{name}", f"one_{level}", *waits, T="DT_INT32")
    node(f"next_{name}", "NextIteration", f"add_{name}", T="DT_INT32")
    node(f"exit_{name}", "Exit", f"gate_{name}", T="DT_INT32")


def loop(level, depth, is_ordered):
    start = f"body_{level - 1}" if level > 1 else "zero"
    is_innermost = level == depth
    if is_innermost:
        waits = ["^count"] if is_ordered else []
    else:
        waits = ["^exit_other" if level + 1 == depth else f"^exit_{level + 1}"]
    carry(str(level), level, start, waits)
    constant(f"limit_{level}", 2, f"^{level}")
    node(f"less_{level}", "Less", str(level), f"limit_{level}", T="DT_INT32")
    node(f"goes_on_{level}", "LoopCond", f"less_{level}")
    constant(f"one_{level}", 1, f"^body_{level}")
    outside = f"v_{level - 1}" if level > 1 else "v"
    node(f"v_{level}", "Enter", outside, T="DT_RESOURCE", frame_name=f"loop_{level}", is_constant="true")
    if is_innermost:
        node("count", "AssignAddVariableOp", f"v_{level}", f"one_{level}", dtype="DT_INT32")
        carry("other", level, start, ["^count"])
    else:
        loop(level + 1, depth, is_ordered)


def main():
    constant("zero", 0)
    node("v", "VarHandleOp", dtype="DT_INT32", shape="shape { }")
    loop(1, int(sys.argv[1]), "ordered" in sys.argv[2:])


if __name__ == "__main__":
    main()
