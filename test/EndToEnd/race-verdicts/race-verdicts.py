#===- race-verdicts.py - the race checker against brute force --------------===#
#
# Part of the graph-compile project, under the Apache License v2.0 with LLVM
# Exceptions. See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""usage: race-verdicts.py FIXTURES FOLDER [--drop SEED] [--only REGEX] [--jobs N]

Compiles each graph of FIXTURES that has a config as far as its import, without
the fixture's own flags, and compares the races that are reported with those
that brute force finds in the file. FOLDER is for scratch. --drop leaves half of
the control edges out of each text graph first, so that there are races."""

import argparse
import concurrent.futures
import json
import os
import random
import re
import subprocess
import sys

from flatten import flatten
from graphdef import read_graph
from verdicts import Verdicts

REPORT = re.compile(
    r'(?:variable|queue) "(.*)": (?:(read) at node "(.*)" and write at node "(.*)"|writes at nodes "(.*)" and "(.*)") are not ordered'
)
REST = re.compile(r'(?:variable|queue) "(.*)": (\d+) more pairs? of accesses (?:is|are) not ordered')
SHOWN = 10  # pairs of one variable in one entry point


def find_races(model, config):
    """For each entry point: variable -> pairs."""
    scope = flatten(read_graph(model))

    def endpoint(text):
        name, _, output = text.rpartition(":") if re.search(r":\d+$", text) else (text, "", "0")
        return scope.settle((name, int(output)))

    races = []
    for function in config["functions"]:
        feeds = [endpoint(feed["node"]) for feed in function.get("feeds", ())]
        fetches = [endpoint(fetch["node"]) for fetch in function.get("fetches", ())]
        targets = [scope.settle_target(target) for target in function.get("targets", ())]
        races.append(Verdicts(scope.graph, fetches, targets, feeds).find_races())
    return races


def parse_reports(stderr):
    """Variable -> pairs, and variable -> how many more."""
    pairs, rest = {}, {}
    for line in stderr.splitlines():
        found = REPORT.search(line)
        if found:
            variable, read, *names = found.groups()
            pair = ("rw", *names[:2]) if read else ("ww", *names[2:])
            pairs.setdefault(variable, set()).add(pair)
        elif REST.search(line):
            variable, count = REST.search(line).groups()
            rest[variable] = rest.get(variable, 0) + int(count)
    return pairs, rest


def compare(wanted, pairs, rest):
    """What differs, as text."""
    union = {}
    for races in wanted:
        for variable, found in races.items():
            union.setdefault(variable, set()).update(found)
    for variable in sorted(set(union) | set(pairs)):
        all_pairs, shown = union.get(variable, set()), pairs.get(variable, set())
        for pair in sorted(shown - all_pairs):
            yield f'variable "{variable}": reported, but ordered: {pair}'
        isComplete = all(len(races.get(variable, ())) <= SHOWN for races in wanted)
        for pair in sorted(all_pairs - shown if isComplete else ()):
            yield f'variable "{variable}": not reported: {pair}'
        if not isComplete and len(wanted) == 1 and len(shown) + rest.get(variable, 0) != len(all_pairs):
            yield f'variable "{variable}": {len(shown)} pairs and {rest.get(variable, 0)} more, expected {len(all_pairs)}'


def drop_edges(model, seed, path):
    """Writes a text graph with fewer control edges. Nodes without data inputs
    keep theirs, by which constants belong to loops."""
    rng = random.Random(f"{seed} {os.path.basename(path)}")
    lines = []
    hasInputs = False
    with open(model, encoding="utf-8") as file:
        for line in file:
            if re.match(r"\s*node(_def)? {", line):
                hasInputs = False
            isControl = 'input: "^' in line
            hasInputs |= 'input: "' in line and not isControl
            if not isControl or not hasInputs or rng.random() < 0.5:
                lines.append(line)
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(lines)


def check(folder, options):
    """What is wrong with one fixture's verdict, and the number of races;
    nothing if there is no verdict."""
    name = os.path.basename(folder)
    with open(os.path.join(folder, "fixture.json"), encoding="utf-8") as file:
        fixture = json.load(file)
    model = os.path.join(folder, fixture["model"])
    if not model.endswith((".pb", ".pbtxt")) or fixture.get("area") == "bad":
        return None
    config = os.path.join(folder, fixture["config"])
    output = os.path.join(options.scratch, name)
    isWhole = options.drop is None
    if not isWhole:
        if not model.endswith(".pbtxt"):
            return None
        drop_edges(model, options.drop, output + ".pbtxt")
        model = output + ".pbtxt"
    command = ["graph-compile", model, "--config", config, "--compile-to=import", "-o", output]
    result = subprocess.run(command, stderr=subprocess.PIPE, text=True, check=False)
    if result.returncode == 1 and not isWhole:
        return None  # Constants of loops, say, belong to them by control edges.
    if result.returncode != 0:
        lines = [line for line in result.stderr.splitlines() if "error" in line]
        return [f"graph-compile failed: {(lines or ['by a signal'])[0]}"], 0
    os.remove(output)
    with open(config, encoding="utf-8") as file:
        wanted = find_races(model, json.load(file))
    count = sum(len(pairs) for races in wanted for pairs in races.values())
    return list(compare(wanted, *parse_reports(result.stderr))), count


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("fixtures")
    parser.add_argument("scratch")
    parser.add_argument("--drop", type=int, metavar="SEED")
    parser.add_argument("--only", default="")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    options = parser.parse_args()
    os.makedirs(options.scratch, exist_ok=True)
    folders = [
        os.path.join(options.fixtures, name)
        for name in sorted(os.listdir(options.fixtures))
        if re.search(options.only, name) and os.path.isfile(os.path.join(options.fixtures, name, "fixture.json"))
    ]
    checked = races = failed = 0
    with concurrent.futures.ProcessPoolExecutor(options.jobs) as pool:
        for folder, verdict in zip(folders, pool.map(check, folders, [options] * len(folders))):
            if verdict is None:
                continue
            problems, count = verdict
            checked += 1
            races += count
            failed += bool(problems)
            for problem in problems:
                print(f"{os.path.basename(folder)}: {problem}")
    print(f"{checked} graphs with {races} races, {failed} with another verdict")
    return 1 if failed or not races else 0


if __name__ == "__main__":
    sys.exit(main())
