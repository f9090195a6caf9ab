#===- reference.py - what a graph's nodes mean, one after the other --------===#
#
# Part of the graph-compile project, under the Apache License v2.0 with LLVM
# Exceptions. See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Runs a graph node by node in the order of Kahn's sort, smallest source index
first, and keeps what happened; decides races by the transitive closure."""

import heapq
from dataclasses import dataclass, field

import numpy as np

STATEFUL = ("Assert", "Print", "PrintV2")
PASSING = ("Identity", "StopGradient", "Snapshot", "PreventGradient")


@dataclass
class Reference:
    """A reference variable's memory, possibly seen in another shape."""
    variable: str
    shape: tuple = None


@dataclass
class Handle:
    variable: str


@dataclass
class Run:
    """What one call did, as if no assertion stopped it."""
    order: list  # names of the nodes
    before: dict  # name -> set of names with a path to it, tie-breaks included
    # The same with the edges of --auto-order.
    before_in_program: dict = field(default_factory=dict)
    # Variable -> pairs: ("rw", read, write), or ("ww", first, second).
    races: dict = field(default_factory=dict)
    outputs: dict = field(default_factory=dict)
    writes: dict = field(default_factory=dict)  # variable -> [(node, value after)]
    prints: dict = field(default_factory=dict)  # node -> numbers
    # Assertions that do not hold, and reads of what nothing has set.
    failures: list = field(default_factory=list)
    unset: dict = field(default_factory=dict)  # variable -> those reads


class Interpreter:
    def __init__(self, nodes, dtype):
        self.dtype = dtype
        self.nodes = {node.name: node for node in nodes}
        self.index = {node.name: i for i, node in enumerate(nodes)}
        self.shapes = {node.value: node.shape for node in nodes
                       if node.op in ("VarHandleOp", "VariableV2")}

    # Order

    def sources(self, node, feeds):
        for source in node.inputs:
            if source not in feeds:
                yield source[0]
        for control in node.controls:
            if self.nodes[control].op != "Placeholder":
                yield control

    def find_live(self, function):
        live = {}
        pending = [t for t in function.targets if self.nodes[t].op != "Placeholder"]
        pending += [f[0] for f in function.fetches if f not in function.feeds]
        while pending:
            name = pending.pop()
            if name not in live:
                live[name] = set(self.sources(self.nodes[name], function.feeds))
                pending += live[name]
        return live

    def sort(self, live):
        waits = {name: len(sources) for name, sources in live.items()}
        users = {name: [] for name in live}
        for name, sources in live.items():
            for source in sources:
                users[source].append(name)
        ready = [(self.index[name], name) for name in live if waits[name] == 0]
        heapq.heapify(ready)
        order = []
        while ready:
            _, name = heapq.heappop(ready)
            order.append(name)
            for user in users[name]:
                waits[user] -= 1
                if waits[user] == 0:
                    heapq.heappush(ready, (self.index[user], user))
        return order

    @staticmethod
    def close(order, live):
        before = {}
        for name in order:
            before[name] = set(live[name]).union(*(before[s] for s in live[name]))
        return before

    def find_races(self, order, accesses, before):
        races = {}
        for variable, nodes in accesses.items():
            nodes = [name for name in order if name in nodes]
            for j, later in enumerate(nodes):
                for earlier in nodes[:j]:
                    writes = ("w" in accesses[variable][earlier],
                              "w" in accesses[variable][later])
                    if not any(writes) or earlier in before[later]:
                        continue
                    if all(writes):
                        pair = ("ww", *sorted((earlier, later), key=self.index.get))
                    else:
                        pair = ("rw", later, earlier) if writes[0] else ("rw", earlier, later)
                    races.setdefault(variable, []).append(pair)
        return races

    # Execution

    def put_assignments_first(self, live):
        """The order of an initializer: a variable's assignment before its reads."""
        for name in live:
            if self.nodes[name].op.startswith("Assign"):
                variable = self.nodes[name].inputs[0]
                for reader in live:
                    if reader != name and variable in self.nodes[reader].inputs:
                        live[reader].add(name)

    def run(self, function, inputs, state, is_initializer=False):
        """Runs `function` on `inputs`, by endpoint; changes `state`. A variable
        that nothing has set is not in it."""
        live = self.find_live(function)
        if is_initializer:
            self.put_assignments_first(live)
        order = self.sort(live)
        run = Run(order, {})
        values, accesses = dict(inputs), {}

        def get(variable, name):
            if variable not in state:
                run.failures.append(name)
                run.unset.setdefault(variable, []).append(name)
            return state.get(variable, np.zeros(self.shapes[variable], self.dtype))

        def access(variable, name, kind):
            accesses.setdefault(variable, {}).setdefault(name, set()).add(kind)

        def read(value, name):
            if not isinstance(value, Reference):
                return value
            access(value.variable, name, "r")
            content = get(value.variable, name)
            return content if value.shape is None else content.reshape(value.shape)

        for name in order:
            node = self.nodes[name]
            operands = [values[source] for source in node.inputs]
            results = self.execute(node, operands, state, run, get, read, access)
            for output, result in enumerate(results):
                values.setdefault((name, output), result)
            for fetch in function.fetches:
                if fetch[0] == name:
                    run.outputs[fetch] = read(values[fetch], name)
        for fetch in function.fetches:
            run.outputs.setdefault(fetch, values[fetch])

        run.races = self.find_races(order, accesses, self.close(order, live))
        # The tie-break: racing accesses in the order of the sort.
        tied = {name: set(sources) for name, sources in live.items()}
        for pairs in run.races.values():
            for _, a, b in pairs:
                first, second = sorted((a, b), key=order.index)
                tied[second].add(first)
        run.before = self.close(order, tied)
        # Program order: nothing races, and texts come in the order of the sort.
        stateful = [n for n in order if self.nodes[n].op in STATEFUL]
        for first, second in zip(stateful, stateful[1:]):
            tied[second].add(first)
        run.before_in_program = self.close(order, tied)
        return run

    def execute(self, node, operands, state, run, get, read, access):
        op = node.op
        if op == "Const":
            dtype = {"FLOAT": np.float32, "INT32": np.int32, "BOOL": np.bool_}[
                node.attrs["dtype"].split("_")[1]]
            return [np.array(node.value, dtype).reshape(node.shape)]
        if op == "VarHandleOp":
            return [Handle(node.value)]
        if op == "VariableV2":
            return [Reference(node.value)]
        if op == "NoOp":
            return []
        if op in PASSING or op == "IdentityN":
            return operands
        if op == "Reshape":
            if isinstance(operands[0], Reference):
                return [Reference(operands[0].variable, node.shape)]
            return [operands[0].reshape(node.shape)]
        if op == "Size":
            value = operands[0]
            if isinstance(value, Reference):
                return [np.int32(np.prod(self.shapes[value.variable]))]
            return [np.int32(value.size)]
        if op in ("IsVariableInitialized", "VarIsInitializedOp"):
            return [np.bool_(operands[0].variable in state)]
        if op == "ReadVariableOp":
            access(operands[0].variable, node.name, "r")
            return [get(operands[0].variable, node.name)]
        if op.startswith("Assign"):
            variable, value = operands[0].variable, read(operands[1], node.name)
            access(variable, node.name, "w")
            if op.startswith("AssignAdd"):
                value = get(variable, node.name) + value
            elif op.startswith("AssignSub"):
                value = get(variable, node.name) - value
            state[variable] = value.astype(self.dtype)
            run.writes.setdefault(variable, []).append((node.name, state[variable]))
            return [Reference(variable)]
        return self.compute(node, [read(value, node.name) for value in operands], run)

    def compute(self, node, operands, run):
        op = node.op
        if op == "Assert":
            if not operands[0]:
                run.failures.append(node.name)
            return []
        if op == "Print":
            run.prints[node.name] = operands[1]
            return [operands[0]]
        if op == "StringFormat":
            return [operands[0]]
        if op == "PrintV2":
            run.prints[node.name] = operands[0]
            return []
        functions = {
            "AddV2": np.add, "Sub": np.subtract, "Mul": np.multiply,
            "Maximum": np.maximum, "Minimum": np.minimum, "Less": np.less,
            "Sum": lambda x, axes: np.sum(x, tuple(axes), dtype=self.dtype),
            "Cast": lambda x: self.dtype(x),
        }
        return [np.asarray(functions[op](*operands))]
