#===- save-killed.py - kills a program that saves -------------------------===#
#
# Part of the graph-compile project, under the Apache License v2.0 with LLVM
# Exceptions. See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Runs a program that adds one to each of many counters and saves them over the
state that it loaded, kills it at random moments, and checks that the file holds
equal counters, those before or those after the step, and can be loaded.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np


def read_counters(path):
    data = path.read_bytes()
    size = int.from_bytes(data[:8], "little")
    begin, end = json.loads(data[8:8 + size])["counters"]["data_offsets"]
    return np.frombuffer(data[8 + size + begin:8 + size + end], np.float32)


def has_unnamed_files(folder):
    try:
        os.close(os.open(folder, os.O_TMPFILE | os.O_WRONLY))
    except OSError:
        return False
    return True


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program")
    parser.add_argument("state", type=Path)
    parser.add_argument("--count", type=int, default=100, help="how often to kill it")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    step = [options.program, "--function", "step", "--save", options.state]
    subprocess.run(step, check=True)
    step += ["--load", options.state]
    # The longest of some runs, so that moments after the end are drawn, too.
    duration = 0
    for _ in range(3):
        start = time.monotonic()
        subprocess.run(step, check=True)
        duration = max(duration, time.monotonic() - start)

    before, killed = read_counters(options.state)[0], 0
    for _ in range(options.count):
        process = subprocess.Popen(step, stderr=subprocess.DEVNULL)
        time.sleep(chance.uniform(0, duration))
        process.kill()
        killed += process.wait() == -signal.SIGKILL
        counters = read_counters(options.state)
        if counters.size != 1_000_000 or np.any(counters != counters[0]):
            return "the file mixes two states"
        if counters[0] not in (before, before + 1):
            return f"the counters are {counters[0]}, after {before}"
        before = counters[0]
    subprocess.run(step, check=True)
    if read_counters(options.state)[0] != before + 1:
        return "the last file was not loaded"
    # A file gets its name when it is whole, just before it replaces the old one:
    # only a program that is killed in between leaves it there.
    folder = options.state.absolute().parent
    left = list(folder.glob(options.state.name + ".*.tmp"))
    for path in left:
        path.unlink()
    if has_unnamed_files(folder) and len(left) > 3:
        return f"{len(left)} files were left behind"
    if killed < options.count // 10:
        return f"only {killed} of {options.count} runs were killed before they ended"
    return 0


if __name__ == "__main__":
    sys.exit(main())
