#!/usr/bin/env python3
# ===- check_stats.py - whether statistics of a training step make sense ---===//
#
# Part of the graph-compile project, under the Apache License v2.0 with LLVM
# Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------===//
"""usage: check_stats.py FILE.json

Checks that the numbers in what --stats=json prints agree with each other."""

import json
import sys


def check_places(function):
    launches = sum(launch["kernel"] is not None for launch in function["launches"])
    known = [place for place in function["places"] if place["bytes"] is not None]
    assert known == sorted(known, key=lambda place: -place["bytes"])
    for place in function["places"]:
        # A value may be needed between two launches only.
        assert 0 <= place["first"] <= place["last"] + 1 <= launches, place
        assert ("offset" in place) != ("slot" in place)
        assert place.get("slot", 0) < max(function["scratch_slots"], 1)
    in_arena = [place for place in known if "offset" in place]
    for place in in_arena:
        assert place["offset"] + place["bytes"] <= function["arena_bytes"], place
    # What is needed at the same time does not overlap: by whole launches, as
    # what a launch reads last may lie where it writes.
    for a in in_arena:
        for b in in_arena:
            apart = (
                a is b
                or a["last"] <= b["first"]
                or b["last"] <= a["first"]
                or a["offset"] + a["bytes"] <= b["offset"]
                or b["offset"] + b["bytes"] <= a["offset"]
            )
            assert apart, (a, b)


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        stats = json.load(file)
    assert stats["variables"] > 0 and stats["variables_bytes"] > 0
    functions = {function["name"]: function for function in stats["functions"]}
    for function in functions.values():
        check_places(function)
    launches = functions["train"]["launches"]
    assert any(launch["kind"].endswith("matrix product") for launch in launches)
    assert any(launch["writes_variable"] for launch in launches)
    assert all(launch["nodes"] for launch in launches), launches


if __name__ == "__main__":
    main()
