#===- graphdef.py - reads what the race verdicts need of a GraphDef --------===#
#
# Part of the graph-compile project, under the Apache License v2.0 with LLVM
# Exceptions. See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""A reader of GraphDef files, text and binary, that keeps the nodes, their
edges and the few attributes that say what a node does to variables.

A message is a dictionary from the names of its fields to lists of values. What
SCHEMA lacks, the contents of tensors above all, is skipped in binary files.
"""

import re
from dataclasses import dataclass, field

# The fields by number: the name, and the message that it holds, or its type.
SCHEMA = {
    "GraphDef": {1: ("node", "NodeDef"), 2: ("library", "FunctionDefLibrary")},
    "FunctionDefLibrary": {1: ("function", "FunctionDef")},
    "FunctionDef": {
        1: ("signature", "OpDef"),
        3: ("node_def", "NodeDef"),
        4: ("ret", "Entry"),
        6: ("control_ret", "Entry"),
    },
    "OpDef": {1: ("name", str), 2: ("input_arg", "ArgDef"), 3: ("output_arg", "ArgDef")},
    "ArgDef": {1: ("name", str)},
    "Entry": {1: ("key", str), 2: ("value", str)},
    "NodeDef": {1: ("name", str), 2: ("op", str), 3: ("input", str), 5: ("attr", "AttrEntry")},
    "AttrEntry": {1: ("key", str), 2: ("value", "AttrValue")},
    "AttrValue": {1: ("list", "ListValue"), 2: ("s", str), 5: ("b", bool), 10: ("func", "NameAttrList")},
    "ListValue": {9: ("func", "NameAttrList")},
    "NameAttrList": {1: ("name", str)},
}

# Binary


def read_varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def parse_binary(data, kind):
    message = {}
    at = 0
    while at < len(data):
        tag, at = read_varint(data, at)
        wire = tag & 7
        if wire == 0:
            value, at = read_varint(data, at)
        elif wire == 2:
            size, at = read_varint(data, at)
            value = data[at : at + size]
            at += size
        else:
            at += {1: 8, 5: 4}[wire]
            continue
        name, inner = SCHEMA[kind].get(tag >> 3, (None, None))
        if name is None:
            continue
        if inner is str:
            value = bytes(value).decode("utf-8", "replace")
        elif inner is bool:
            value = bool(value)
        else:
            value = parse_binary(value, inner)
        message.setdefault(name, []).append(value)
    return message


# Text

TOKEN = re.compile(r'\s+|#[^\n]*|("(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\')|([A-Za-z_][\w.]*)|([-+.\w]+)|([{}<>\[\]:,;])')


def tokenize(text):
    at = 0
    while at < len(text):
        found = TOKEN.match(text, at)
        assert found, f"not a text graph: {text[at:at + 20]!r}"
        at = found.end()
        if found.lastindex:
            yield found.group(found.lastindex)
    while True:
        yield None


def unquote(token):
    return re.sub(r"\\(.)", r"\1", token[1:-1])


def parse_text(tokens, end=None):
    message = {}
    while True:
        name = next(tokens)
        if name in (end, ",", ";"):
            if name == end:
                return message
            continue
        token = next(tokens)
        if token == ":":
            token = next(tokens)
        if token == "[":
            values = [value for value in iter(lambda: next(tokens), "]") if value != ","]
        elif token in ("{", "<"):
            values = [parse_text(tokens, {"{": "}", "<": ">"}[token])]
        else:
            values = [token]
        for value in values:
            if isinstance(value, str):
                value = unquote(value) if value[0] in "\"'" else {"true": True, "false": False}.get(value, value)
            message.setdefault(name, []).append(value)


# Graphs


@dataclass
class Node:
    """A node as the file has it: edges are text."""

    name: str
    op: str
    inputs: list
    attrs: dict  # name -> the message of an AttrValue

    def string(self, attr):
        return self.attrs.get(attr, {}).get("s", [""])[0]

    def function(self, attr):
        """The name of the function that an attribute holds, or nothing."""
        return next((f["name"][0] for f in self.attrs.get(attr, {}).get("func", [])), None)

    def functions(self, attr):
        lists = self.attrs.get(attr, {}).get("list", [])
        return [f["name"][0] for values in lists for f in values.get("func", [])]


@dataclass
class Function:
    name: str
    arguments: list
    outputs: list
    nodes: list
    ret: dict  # output -> edge
    control_ret: list  # nodes


@dataclass
class Graph:
    nodes: list
    functions: dict = field(default_factory=dict)


def make_node(message):
    attrs = {entry["key"][0]: entry.get("value", [{}])[0] for entry in message.get("attr", [])}
    return Node(message["name"][0], message["op"][0], message.get("input", []), attrs)


def make_function(message):
    signature = message["signature"][0]

    def pairs(entries):
        return [(entry["key"][0], entry["value"][0]) for entry in message.get(entries, [])]

    return Function(
        signature["name"][0],
        [argument["name"][0] for argument in signature.get("input_arg", [])],
        [argument["name"][0] for argument in signature.get("output_arg", [])],
        [make_node(node) for node in message.get("node_def", [])],
        dict(pairs("ret")),
        [node for _, node in pairs("control_ret")],
    )


def read_graph(path):
    if path.endswith(".pbtxt"):
        with open(path, encoding="utf-8") as file:
            message = parse_text(tokenize(file.read()))
    else:
        with open(path, "rb") as file:
            message = parse_binary(memoryview(file.read()), "GraphDef")
    functions = [make_function(f) for library in message.get("library", []) for f in library.get("function", [])]
    return Graph([make_node(node) for node in message.get("node", [])], {f.name: f for f in functions})
