#!/usr/bin/env python3
# ===- man_page.py - makes the manual page of --help -----------------------===//
#
# Part of the graph-compile project, under the Apache License v2.0 with LLVM
# Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------===//
"""usage: man_page.py PROGRAM VERSION > PAGE

Prints a manual page with what `PROGRAM --help` says.
"""

import os
import re
import subprocess
import sys


def escape(text):
    """Returns text as roff takes it for text."""
    return re.sub(r"^([.'])", r"\\&\1", text.replace("\\", "\\e").replace("-", "\\-"))


def read_help(program):
    text = subprocess.run([program, "--help"], stdout=subprocess.PIPE, text=True, check=True).stdout
    match = re.fullmatch(r"OVERVIEW: (.*?)\n\n(.*?)\n\nUSAGE: (.*?)\n\nOPTIONS:\n(.*)", text, re.DOTALL)
    if not match:
        sys.exit(f"man_page.py: {program} --help has another form than expected")
    return match.groups()


def write_page(program, version):
    summary, description, usage, options = read_help(program)
    name = os.path.basename(program)
    print(f'.TH {name.upper()} 1 "" "{name} {version}" "User Commands"')
    print(f".SH NAME\n{escape(name)} \\- {escape(summary[0].lower() + summary[1:].rstrip('.'))}")
    print(f".SH SYNOPSIS\n.B {escape(usage)}")
    print(f".SH DESCRIPTION\n{escape(summary)}\n.PP\n{escape(description)}")
    print(".SH OPTIONS")
    for line in options.splitlines():
        option = re.match(r"  (-\S+(?: \S+)?) +(.*)", line)
        if option:
            print(f".TP\n.B {escape(option.group(1))}\n{escape(option.group(2))}")
        elif line.strip():  # what goes on from the line above
            print(escape(line.strip()))


if __name__ == "__main__":
    write_page(*sys.argv[1:])
