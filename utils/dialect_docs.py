#!/usr/bin/env python3
"""Reads the dialect's documentation as mlir-tblgen generates it (-gen-dialect-doc).

  dialect_docs.py examples DOC.md             the examples, separated as graph-opt -split-input-file wants them
  dialect_docs.py constraints DOC.md          the numbered constraints of all ops, as docs/Spec.md lists them
  dialect_docs.py check DOC.md docs/Spec.md   fails if Spec.md does not list them so; with --fix writes them
"""

import re
import sys
from pathlib import Path

BEGIN, END = "<!-- constraints: begin -->\n", "<!-- constraints: end -->\n"


def examples(document):
    return "\n// -----\n\n".join(re.findall(r"```mlir\n(.*?)```", document, re.DOTALL))


def constraints(document):
    """Ops in alphabetical order; ops whose constraints read the same share one entry."""
    families = {}
    for section in re.split(r"^### ", document, flags=re.MULTILINE)[1:]:
        name = re.match(r"`(graph\.\w+)`", section)
        listed = re.search(r"^ *Constraints:\n((?:.*\n)*?)\s*\n", section, re.MULTILINE)
        if name:
            text = re.sub(r"\s+", " ", listed.group(1)).strip() if listed else ""
            families.setdefault(text, []).append(name.group(1))
    lines = []
    for text, names in families.items():
        if text:
            lines.append("**" + ", ".join(f"`{name}`" for name in names) + "**")
            lines += re.split(r" (?=- C\d+:)", text) + [""]
    without = families.get("", [])
    if without:
        lines += ["Without constraints of their own: " + ", ".join(f"`{name}`" for name in without) + ".", ""]
    return "\n".join(lines)


def check(document, path, fix):
    text = path.read_text()
    before, rest = text.split(BEGIN)
    listed, after = rest.split(END)
    wanted = "\n" + constraints(document) + "\n"
    if listed == wanted:
        return 0
    if fix:
        path.write_text(before + BEGIN + wanted + END + after)
        return 0
    print(f"error: {path}: the constraints are not those of the ops; run {Path(sys.argv[0]).name} check --fix", file=sys.stderr)
    return 1


def main():
    arguments = [argument for argument in sys.argv[1:] if argument != "--fix"]
    commands = {"examples": 2, "constraints": 2, "check": 3}
    if not arguments or commands.get(arguments[0]) != len(arguments):
        print(__doc__, file=sys.stderr)
        return 2
    document = Path(arguments[1]).read_text()
    if arguments[0] == "check":
        return check(document, Path(arguments[2]), "--fix" in sys.argv)
    print({"examples": examples, "constraints": constraints}[arguments[0]](document))
    return 0


if __name__ == "__main__":
    sys.exit(main())
