#!/usr/bin/env python3
# ===- run_page.py - runs the commands that a page of documentation shows -===//
#
# Part of the graph-compile project, under the Apache License v2.0 with LLVM
# Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------===//
"""usage: run_page.py PAGE SOURCE_DIR BUILD_DIR FOLDER

Runs the code blocks of PAGE that begin with `$ COMMAND`, in FOLDER, which gets
links to the examples, the runtime and to the build as build/release. What a block shows
after a command must be what it prints. A command that fails is followed by a
line that begins with `exit status N`.
"""

import os
import re
import subprocess
import sys


def read_blocks(page):
    with open(page, encoding="utf-8") as file:
        blocks = re.findall(r"^```\w*\n(.*?)^```$", file.read(), re.M | re.S)
    return [block.splitlines() for block in blocks if block.startswith("$ ")]


def make_folder(folder, source_dir, build_dir):
    os.makedirs(os.path.join(folder, "build", "quickstart"))
    for name in ("examples", "runtime"):
        os.symlink(os.path.join(source_dir, name), os.path.join(folder, name))
    os.symlink(build_dir, os.path.join(folder, "build", "release"))


def run(command, folder):
    result = subprocess.run(
        command, shell=True, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    lines = result.stdout.splitlines()
    return lines + ([f"exit status {result.returncode}"] if result.returncode else [])


def is_same(shown, printed):
    return len(shown) == len(printed) and all(
        s == p or (p.startswith("exit status ") and re.match(p + r"\b", s)) for s, p in zip(shown, printed)
    )


def check_block(block, folder):
    """Returns how many commands print something else than the block shows."""
    wrong = 0
    starts = [i for i, line in enumerate(block) if line.startswith("$ ")] + [len(block)]
    for start, end in zip(starts, starts[1:]):
        printed = run(block[start][2:], folder)
        if not is_same(block[start + 1 : end], printed):
            wrong += 1
            print("\n".join([block[start], "prints:", *printed, "but the page shows:", *block[start + 1 : end]]))
    return wrong


def main():
    page, source_dir, build_dir, folder = sys.argv[1:]
    make_folder(folder, source_dir, build_dir)
    blocks = read_blocks(page)
    wrong = sum(check_block(block, folder) for block in blocks)
    print(f"{len(blocks)} blocks, {wrong} wrong commands")
    return wrong != 0 or not blocks


if __name__ == "__main__":
    sys.exit(main())
