"""What weights.py and saved_model.py measure: compiling against copying, memory, and the program that comes out."""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

import numpy as np


def make_parser(description):
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("compiler", type=Path, help="path of graph-compile")
    parser.add_argument("--gib", type=float, default=1, help="weights, in GiB (default: 1)")
    parser.add_argument("--weights", choices=["embed", "file"], help="default: one after the other")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--directory", type=Path, help="where files go (default: the system's temporary folder)")
    return parser


# A model of many weights: a chain of products

ROWS, COLUMNS = 4096, 8192  # of a weight: 128 MiB of float32


def draw_weights(gib):
    """Yields the matrices of the chain, one after the other."""
    generator = np.random.default_rng(1)
    for i in range(int(gib * 2**30) // (4 * ROWS * COLUMNS)):
        weight = generator.random((ROWS, COLUMNS) if i % 2 == 0 else (COLUMNS, ROWS), np.float32)
        weight -= np.float32(0.5)
        weight *= np.float32(0.05)  # so that the products neither grow nor shrink much
        yield weight


# Processes


def read_tree():
    """Returns {process: (parent, resident bytes)}."""
    tree = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rsplit(")", 1)[1].split()
        except OSError:  # it has ended
            continue
        tree[int(folder.name)] = int(fields[1]), int(fields[21]) * os.sysconf("SC_PAGE_SIZE")
    return tree


def resident_of(process):
    tree = read_tree()
    family, total = {process}, 0
    for process, (parent, resident) in sorted(tree.items()):
        if process in family or parent in family:
            family.add(process)
            total += resident
    return total


def run_watched(command):
    """Returns the seconds that a command took and the most bytes that it and what it started had in memory."""
    start = time.monotonic()
    process = subprocess.Popen(command)
    peak = 0
    while process.poll() is None:
        peak = max(peak, resident_of(process.pid))
        time.sleep(0.005)
    seconds = time.monotonic() - start
    if process.returncode != 0:
        sys.exit(f"{command[0]}: exit status {process.returncode}")
    return seconds, peak


def time_start(program, folder):
    """Returns the milliseconds of a process that calls a function without weights, `start`."""
    array = folder / "s.npy"
    np.save(array, np.zeros(1, np.float32))
    command = [program, "--function", "start", "--input", f"s={array}"]
    times = []
    for _ in range(21):
        start = time.monotonic()
        subprocess.run(command, check=True)
        times.append(1000 * (time.monotonic() - start))
    return statistics.median(times)


def check_values(program, folder, wanted):
    """Ends this process where the program's function `use` does not make `wanted` of ones."""
    np.save(folder / "x.npy", np.ones((1, ROWS), np.float32))
    command = [program, "--function", "use", "--input", f"x={folder / 'x.npy'}", "--output", f"y={folder / 'y.npy'}"]
    subprocess.run(command, check=True)
    error = np.abs(np.load(folder / "y.npy") - wanted).max() / np.abs(wanted).max()
    if error > 1e-4:
        sys.exit(f"the program's values are wrong: the largest error is {error:.3g} of the largest value")


def remove_program(folder):
    for file in folder.glob("program*"):
        file.unlink()


def compare_with_copy(source, compile_command, options, folder):
    """Copies `source`, a file or a folder, and compiles it to FOLDER/program, in turns. Returns what to print of it, and
    if it is good: at most 3 times `cp` plus 2 s, and below 3 GiB of memory, which counts up to 1 GiB of weights.
    """
    copy, copies, compilations, peaks = folder / "copy", [], [], []
    for _ in range(options.rounds):
        # What one has written is gone when the other one writes: both find free memory for the cache of files.
        remove_program(folder)
        copies.append(run_watched(["cp", "-r", source, copy])[0])
        shutil.rmtree(copy) if copy.is_dir() else copy.unlink()
        seconds, peak = run_watched(compile_command)
        compilations.append(seconds)
        peaks.append(peak)
    copied, compiled, peak = min(copies), min(compilations), max(peaks)
    limit = 3 * copied + 2
    good = compiled <= limit and (options.gib > 1 or peak < 3 * 2**30)
    text = f"compile {compiled:.2f} s, cp {copied:.2f} s (limit {limit:.2f} s), peak memory {peak / 2**30:.2f} GiB"
    return text + ("" if good else " FAILED"), good
