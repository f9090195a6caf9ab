#===- verdicts.py - which accesses race, by brute force --------------------===#
#
# Part of the graph-compile project, under the Apache License v2.0 with LLVM
# Exceptions. See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Finds all pairs of accesses to one variable, at least one a write, that can
both happen in one run and that no path orders: the transitive closure of the
nodes that run, for every outcome of every Switch, within an iteration of a loop
and from one to the next."""

import itertools
import re

# What a node does, by its op. All else that takes a reference reads it.

VARIABLES = ("VarHandleOp", "VariableV2", "Variable")
QUEUES = re.compile(r"(FIFO|RandomShuffle)Queue(V2)?$")
# Output i, or the only one, is what input i, or 0, is.
PASSING = set(
    "Identity Snapshot StopGradient PreventGradient Reshape ExpandDims Squeeze Switch Enter Exit NextIteration"
    " RefIdentity RefSwitch RefEnter RefExit RefNextIteration".split()
)
# The inputs of which only the shape or the type matters.
TYPE_ONLY = set("Shape ShapeN Size Rank IsVariableInitialized VarIsInitializedOp VariableShape".split())
HANDLE_READS = set("ReadVariableOp ResourceGather ResourceGatherNd QueueSizeV2 QueueIsClosedV2 QueueSize QueueIsClosed".split())
WRITE = re.compile(
    r"(Resource)?(Sparse)?Apply\w+$|(Resource)?Scatter\w+$|(Resource)?StridedSliceAssign$"
    r"|Assign(Add|Sub)?(VariableOp)?$|Queue(Enqueue|Dequeue|Close)\w*$|Stateful\w+|RngReadAndSkip$|RngSkip$"
)
# Of these the outputs are values, or there are none.
VALUES = re.compile(r"Resource|Queue|Stateful|Rng|Assign\w*VariableOp$")
# How many variables an optimizer's step has, the first of its inputs.
SLOTS = [
    ("CenteredRMSProp", 4),
    ("AdamWithAmsgrad", 4),
    ("RMSProp|Adadelta|AdaMax|Adam$|AdagradDA|Ftrl", 3),
    ("Momentum|ProximalAdagrad|Adagrad|AddSign|PowerSign", 2),
    ("GradientDescent", 1),
]


def count_written(op):
    """How many of a node's first inputs are variables that it writes."""
    if not WRITE.match(op) or op.startswith("StatefulPartitionedCall"):
        return 0
    if "Apply" in op:
        return next(count for pattern, count in SLOTS if re.search(pattern, op))
    return 1


def is_merge(node):
    return node.op in ("Merge", "RefMerge")


class Verdicts:
    """The races of one graph: an entry point's, or a body's."""

    def __init__(self, nodes, fetches, targets, feeds, bindings=None, handles=()):
        self.nodes = nodes
        self.fetches = fetches
        self.targets = targets
        self.feeds = set(feeds)
        self.index = {name: i for i, name in enumerate(nodes)}
        self.live = self.find_live()
        self.order = self.sort()
        self.frames = self.find_frames()
        self.bound = bindings or {}
        # Variables that are no references.
        self.handles = set(handles) | {
            node.source.string("shared_name") or name
            for name, node in nodes.items()
            if node.op == "VarHandleOp" or QUEUES.match(node.op)
        }
        self.held = self.find_held()
        # Of bodies, too.
        self.bodies = self.find_bodies()
        self.races = {}
        self.accesses = self.find_accesses()  # variable -> node -> "r" or "w"

    # What runs

    def sources(self, name):
        """The nodes that a node waits for, with whether that is a back edge."""
        node = self.nodes[name]
        for source, output in node.inputs:
            if (source, output) not in self.feeds:
                yield source, is_merge(node) and self.nodes[source].op.endswith("NextIteration")
        for source in node.controls:
            if self.nodes[source].op not in ("Placeholder", "PlaceholderV2", "_Arg"):
                yield source, False

    def find_live(self):
        roots = [name for name, output in self.fetches if (name, output) not in self.feeds]
        roots += [name for name in self.targets if self.nodes[name].op != "Placeholder"]
        live = set()
        while roots:
            name = roots.pop()
            if name in live:
                continue
            live.add(name)
            roots += [source for source, _ in self.sources(name)]
            if getattr(self.nodes[name], "runs_with", None):
                roots.append(self.nodes[name].runs_with)
        return live

    def sort(self):
        """The live nodes, each after those that it waits for."""
        order, done = [], set()
        stack = sorted(self.live, key=self.index.get, reverse=True)
        while stack:
            name = stack[-1]
            rest = [s for s, back in self.sources(name) if s not in done and not back]
            if name in done or not rest:
                stack.pop()
                if name not in done:
                    done.add(name)
                    order.append(name)
            else:
                stack += rest
        return order

    def find_frames(self):
        """The loops around each node, outermost first."""
        frames = {}
        for name in self.order:
            node = self.nodes[name]
            around = max((frames[s] for s, back in self.sources(name) if not back), key=len, default=())
            if node.op.endswith("Enter"):
                around += (node.source.string("frame_name"),)
            elif node.op.endswith("Exit"):
                around = around[:-1]
            frames[name] = around
        return frames

    # Who accesses what

    def find_held(self):
        """The variables that an output may be a handle of, or a reference to."""
        held = dict(self.bound)
        for name in self.order:
            node = self.nodes[name]
            if node.op in VARIABLES or QUEUES.match(node.op):
                held[name, 0] = {node.source.string("shared_name") or name}
                continue
            passed = []  # (output, input)
            if node.op == "IdentityN" or node.op in ("While", "StatelessWhile"):
                passed = [(i, i) for i in range(len(node.inputs))]
            elif node.op in PASSING:
                passed = [(output, 0) for output in ((0, 1) if node.op.endswith("Switch") else (0,))]
            elif is_merge(node):
                passed = [(0, i) for i in range(len(node.inputs))]
            elif count_written(node.op) and not VALUES.match(node.op):
                passed = [(0, 0)]
            for output, number in passed:
                source = node.inputs[number]
                if source in held and source not in self.feeds:
                    held.setdefault((name, output), set()).update(held[source])
        return held

    def find_accesses(self):
        accesses = {}

        def access(variable, name, kind):
            kinds = accesses.setdefault(variable, {})
            kinds[name] = "w" if "w" in (kind, kinds.get(name)) else "r"

        for name in self.order:
            node = self.nodes[name]
            for number, source in enumerate(node.inputs):
                if source in self.feeds or node.bodies:
                    continue
                for variable in self.held.get(source, ()):
                    if number < count_written(node.op):
                        access(variable, name, "w")
                    elif self.reads(node, number):
                        access(variable, name, "r")
            for body in node.bodies:
                for variable, kind in self.check_body(node, body).items():
                    access(variable, name, kind)
        for name, output in self.fetches:
            if (name, output) not in self.feeds:
                for variable in self.held.get((name, output), ()):
                    if not self.is_handle(variable):
                        access(variable, name, "r")
        return accesses

    def is_handle(self, variable):
        return variable in self.handles

    def reads(self, node, number):
        if node.op in HANDLE_READS:
            return number == 0
        if node.op in TYPE_ONLY or node.op == "IdentityN" or is_merge(node):
            return False
        if node.op in PASSING:
            return number != 0
        # A handle is nothing to compute with.
        return not all(self.is_handle(v) for v in self.held.get(node.inputs[number], ()))

    def check_body(self, owner, body):
        """The races of a body; returns what the owner does by it."""
        bound = {}
        for argument, source in zip(body.arguments, owner.inputs[body.first_input :]):
            if source in self.held and source not in self.feeds:
                bound[argument, 0] = self.held[source]
        inner = Verdicts(body.nodes, body.results, body.targets, (), bound, self.handles)
        for variable, pairs in inner.find_races().items():
            self.races.setdefault(variable, set()).update(pairs)
        return {v: "w" if "w" in kinds.values() else "r" for v, kinds in inner.accesses.items()}

    # Which way each Switch goes

    def predicate(self, endpoint):
        """What a predicate is decided by, and whether it is its opposite."""
        negated = False
        while True:
            name, output = endpoint
            node = self.nodes[name]
            if endpoint in self.feeds:
                break
            if node.op == "LogicalNot":
                negated = not negated
            elif node.op not in ("Identity", "Switch", "Enter", "RefSwitch"):
                break
            endpoint = node.inputs[0]
        return endpoint, negated

    def find_switches(self):
        return {
            name: self.predicate(self.nodes[name].inputs[1])
            for name in self.order
            if self.nodes[name].op in ("Switch", "RefSwitch")
        }

    def outcomes(self, switches):
        """All that predicates can be; a loop's goes both ways in one run."""
        keys = sorted({key for key, _ in switches.values() if self.nodes[key[0]].op != "LoopCond"})
        assert len(keys) <= 12, "too many predicates to try all their values"
        for values in itertools.product((False, True), repeat=len(keys)):
            yield dict(zip(keys, values))

    def find_alive(self, switches, outcome):
        """The nodes and endpoints that are not dead."""
        nodes, endpoints = set(), set()

        def arrives(source):
            return source in self.feeds or (source[0] in nodes and (source[0] not in switches or source in endpoints))

        for name in self.order:
            node = self.nodes[name]
            if is_merge(node):
                isAlive = any(arrives(source) for source in node.inputs)
            else:
                isAlive = all(arrives(s) for s in node.inputs) and all(c in nodes for c, _ in self.controls(name))
            if not isAlive and node.op != "ControlTrigger":
                continue
            nodes.add(name)
            if name in switches:
                key, negated = switches[name]
                for side in (0, 1):
                    if key not in outcome or side == (outcome[key] != negated):
                        endpoints.add((name, side))
        return nodes, arrives

    def controls(self, name):
        for source in self.nodes[name].controls:
            if self.nodes[source].op not in ("Placeholder", "PlaceholderV2", "_Arg"):
                yield source, False

    def find_bodies(self):
        """For each loop the nodes that run only where it goes on."""
        bodies = {}
        for name in self.order:
            for source, output in self.nodes[name].inputs:
                if output == 1 and self.decides_loop(source):
                    bodies.setdefault(self.frames[source], set()).add(name)
            for loop, body in bodies.items():
                if self.frames[name][: len(loop)] == loop and any(
                    source in body for source, back in self.sources(name) if not back
                ):
                    body.add(name)
        return bodies

    def decides_loop(self, switch):
        node = self.nodes[switch]
        return node.op in ("Switch", "RefSwitch") and self.nodes[node.inputs[1][0]].op == "LoopCond"

    def close(self, nodes, arrives, frame, once):
        """For each node those that come before it: within one iteration of the
        loop `frame`, of those around it and of the loops `once`, over all
        iterations of the others in it. A Merge waits for the side that arrives
        alone."""
        before = {name: 0 for name in self.order}
        changed = True
        while changed:
            changed = False
            for name in self.order:
                node = self.nodes[name]
                sources = []
                for source, back in self.sources(name):
                    loop = self.frames[name]
                    isInside = loop[: len(frame)] == frame and len(loop) > len(frame)
                    if not back or (isInside and loop not in once):
                        sources.append(source)
                if is_merge(node) and name in nodes:
                    dead = {s for s, o in node.inputs if not arrives((s, o)) and s not in node.controls}
                    sources = [s for s in sources if s not in dead or self.nodes[s].op.endswith("NextIteration")]
                bits = before[name]
                for source in sources:
                    bits |= before[source] | 1 << self.index[source]
                if bits != before[name]:
                    before[name] = bits
                    changed = any(back for n in self.order for _, back in self.sources(n))
        return before

    # The verdict

    def find_races(self):
        """Variable -> {("rw", read, write) or ("ww", first, second)}."""
        switches = self.find_switches()
        runs = [(outcome, *self.find_alive(switches, outcome)) for outcome in self.outcomes(switches)]
        self.closures = {}
        for number, (_, alive, _) in enumerate(runs):
            for variable, a, b in self.pairs(alive, alive):
                if self.index[a] < self.index[b]:
                    if not self.is_before(runs, number, a, b) and not self.is_before(runs, number, b, a):
                        self.add_race(variable, a, b)
        for frame in {self.frames[name][: depth + 1] for name in self.order for depth in range(len(self.frames[name]))}:
            self.find_races_of_iterations(runs, frame)
        return self.races

    def find_races_of_iterations(self, runs, frame):
        """Races between one iteration of a loop and the next one, for which
        what is decided inside may go the other way."""
        steps = [
            (source, name)
            for name in self.order
            for source, back in self.sources(name)
            if back and self.frames[name] == frame
        ]
        inside = {name for name in self.order if self.frames[name][: len(frame)] == frame}
        for first, second in itertools.product(range(len(runs)), repeat=2):
            outcome, alive, _ = runs[first]
            next_outcome, next_alive, _ = runs[second]
            if any(outcome[key] != next_outcome[key] for key in outcome if key[0] not in inside):
                continue
            for variable, a, b in self.pairs(alive & inside, next_alive & inside):
                before = self.closure(runs, first, frame)
                before_next = self.closure(runs, second, frame)
                if not any(
                    self.has_path(before, a, source) and (merge == b or self.has_path(before_next, merge, b))
                    for source, merge in steps
                ):
                    self.add_race(variable, a, b)

    def pairs(self, first, second):
        """All accesses of which one is a write, the one among the nodes
        `first`, the other among `second`."""
        for variable, kinds in self.accesses.items():
            for a, b in itertools.product(kinds, repeat=2):
                if a in first and b in second and "w" in (kinds[a], kinds[b]):
                    yield variable, a, b

    def is_before(self, runs, number, a, b):
        """Whether the last run of `a` comes before the first run of `b`, in the
        loops around one of them alone. What runs only where its loop goes on has
        a next iteration behind it."""
        common = self.common_frame(a, b)
        once = {self.frames[b][:depth] for depth in range(len(common) + 1, len(self.frames[b]) + 1)}
        for depth in range(len(common) + 1, len(self.frames[a]) + 1):
            loop = self.frames[a][:depth]
            if a not in self.bodies.get(loop, ()):
                once.add(loop)
        return self.has_path(self.closure(runs, number, common, frozenset(once)), a, b)

    def closure(self, runs, number, frame, once=frozenset()):
        key = (number, frame, once)
        if key not in self.closures:
            self.closures[key] = self.close(*runs[number][1:], frame, once)
        return self.closures[key]

    def has_path(self, before, a, b):
        return before[b] >> self.index[a] & 1

    def add_race(self, variable, a, b):
        kinds = self.accesses[variable]
        a, b = sorted((a, b), key=self.index.get)
        if kinds[a] == kinds[b]:
            pair = ("ww", a, b)
        else:
            pair = ("rw", a, b) if kinds[a] == "r" else ("rw", b, a)
        self.races.setdefault(variable, set()).add(pair)

    def common_frame(self, a, b):
        frame = ()
        for x, y in zip(self.frames[a], self.frames[b]):
            if x != y:
                break
            frame += (x,)
        return frame
