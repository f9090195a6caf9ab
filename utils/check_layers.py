#!/usr/bin/env python3
"""Checks who includes whom: each room of the compiler may use the rooms below it only."""

import re
import sys
from pathlib import Path

# Room -> rooms whose headers it may include (its own always). Support is for all.
ALLOWED = {
    "Support": set(),
    "Dialect/Graph/IR": set(),
    "Dialect/Graph/Transforms": {"Dialect/Graph/IR"},
    "Dialect/Step/IR": set(),
    "Import/TensorFlow": {"Dialect/Graph/IR"},
    "Conversion/GraphToStep": {"Dialect/Graph/IR", "Dialect/Step/IR"},
    "Codegen/Common": {"Dialect/Step/IR"},
    "Codegen/CPU": {"Codegen/Common", "Dialect/Step/IR"},
    "Emit": {"Codegen/Common", "Dialect/Step/IR"},
    "Pipelines": {
        "Dialect/Graph/IR",
        "Dialect/Graph/Transforms",
        "Dialect/Step/IR",
        "Conversion/GraphToStep",
        "Codegen/Common",
        "Codegen/CPU",
    },
    "Driver": {
        "Pipelines",
        "Import/TensorFlow",
        "Emit",
        "Codegen/Common",
        "Codegen/CPU",
        "Dialect/Graph/IR",
        "Dialect/Graph/Transforms",
        "Dialect/Step/IR",
    },
}
INCLUDE = re.compile(r'^\s*(?:#\s*)?include\s+[<"]([^">]+)[">]', re.MULTILINE)
SUFFIXES = {".h", ".cpp", ".td", ".c"}


def room_of(path):
    """Returns the room that a path below include/graph-compile or lib lies in, or None."""
    for room in sorted(ALLOWED, key=len, reverse=True):
        if path == room or path.startswith(room + "/"):
            return room
    return None


def check_compiler(root):
    for base in ("include/graph-compile", "lib"):
        for file in sorted((root / base).rglob("*")):
            if file.suffix not in SUFFIXES:
                continue
            room = room_of(file.relative_to(root / base).as_posix())
            if room is None:
                yield f"{file.relative_to(root)}: lies in no room that utils/check_layers.py knows"
                continue
            for include in INCLUDE.findall(file.read_text()):
                if include.startswith("gcrt/"):
                    if not (room == "Emit" and include == "gcrt/model.h"):
                        yield f"{file.relative_to(root)}: includes {include}; only Emit may, and only gcrt/model.h"
                    continue
                if not include.startswith("graph-compile/"):
                    continue
                used = room_of(include.removeprefix("graph-compile/"))
                if used not in ALLOWED[room] | {room, "Support"}:
                    yield f"{file.relative_to(root)}: {room} must not include {include}"


def check_runtime(root):
    for file in sorted((root / "runtime").rglob("*")):
        if file.suffix not in SUFFIXES:
            continue
        for include in INCLUDE.findall(file.read_text()):
            if include.startswith(("graph-compile/", "mlir/", "llvm/")):
                yield f"{file.relative_to(root)}: the runtime must not include {include}"


def main():
    root = Path(__file__).resolve().parent.parent
    problems = [*check_compiler(root), *check_runtime(root)]
    for problem in problems:
        print(f"error: {problem}", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
