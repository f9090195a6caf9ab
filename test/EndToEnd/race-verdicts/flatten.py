#===- flatten.py - the nodes of a graph with its functions -----------------===#
#
# Part of the graph-compile project, under the Apache License v2.0 with LLVM
# Exceptions. See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Replaces calls by the nodes of their functions, as TensorFlow inlines them,
and gives each conditional and loop of TensorFlow 2 its bodies."""

from dataclasses import dataclass, field

CALLS = ("PartitionedCall", "StatefulPartitionedCall")
# The attributes with the functions, and the number of inputs before theirs.
BODIES = {
    "If": ((("then_branch", "then"), ("else_branch", "else")), 1),
    "Case": ((("branches", "branch"),), 1),
    "While": ((("cond", "cond"), ("body", "body")), 0),
}
for stateful in list(BODIES):
    BODIES["Stateless" + stateful] = BODIES[stateful]


@dataclass
class Node:
    name: str
    op: str
    inputs: list  # (name of a node, number of its output)
    controls: list  # names of nodes
    source: object  # the graphdef.Node; nothing for nodes that stand for a call
    bodies: list = field(default_factory=list)


@dataclass
class Body:
    """A function that a conditional or loop runs: a graph of its own."""

    nodes: dict  # name -> Node
    arguments: list  # for each argument: the node that stands for it
    results: list  # endpoints
    targets: list  # nodes that run for their effects
    first_input: int  # the owner's input that is the first argument


class Scope:
    """One graph, or one function's nodes inside of another graph."""

    def __init__(self, graph, functions, prefix=""):
        self.graph = graph  # name -> Node, in the order of the source
        self.functions = functions
        self.prefix = prefix
        self.calls = {}  # name -> (names for its outputs, name for its end)
        self.arguments = {}  # argument -> name of the node for it
        self.sources = {}  # name in this scope -> graphdef.Node
        self.runs_with = {}

    def function_of(self, node):
        name = node.function("f") if node.op in CALLS else node.op
        return self.functions.get(name)

    # Edges

    def resolve(self, edge):
        """The endpoint that an edge of this scope starts from."""
        parts = edge.split(":")
        name = parts[0]
        output = int(parts[-1]) if len(parts) > 1 else 0
        if name in self.arguments:
            return self.arguments[name], 0
        if len(parts) == 3:
            output += self.first_output(self.sources[name], parts[1])
        return self.prefix + name, output

    def first_output(self, node, argument):
        """Where an output that functions name begins among a node's outputs.
        Only those matter that may be handles, references, or sides of a
        Switch: of all other nodes one output is as good as any."""
        if node.op in ("Switch", "RefSwitch"):
            return {"output_false": 0, "output_true": 1}[argument]
        function = self.function_of(node)
        if function and node.op not in CALLS:
            return function.outputs.index(argument)
        return 0

    def add(self, node):
        self.graph[node.name] = node
        return node.name

    # Nodes

    def add_nodes(self, nodes, entrance=None):
        self.sources = {node.name: node for node in nodes}
        for node in nodes:
            inputs = [self.resolve(edge) for edge in node.inputs if edge[0] != "^"]
            controls = [self.resolve(edge[1:])[0] for edge in node.inputs if edge[0] == "^"]
            within = [edge for edge in node.inputs if edge.lstrip("^").split(":")[0] in self.sources]
            if entrance and not within:
                controls.append(entrance)
            function = self.function_of(node)
            if function:
                self.expand(self.prefix + node.name, node, inputs, controls, function)
                continue
            flat = Node(self.prefix + node.name, node.op, inputs, controls, node)
            flat.bodies = self.make_bodies(flat)
            self.add(flat)

    def expand(self, name, node, inputs, controls, function):
        inner = Scope(self.graph, self.functions, name + "/")
        inner.calls, inner.runs_with = self.calls, self.runs_with
        assert len(inputs) == len(function.arguments), f"{name}: lists as arguments"
        for argument, source in zip(function.arguments, inputs):
            inner.arguments[argument] = self.add(Node(f"{name}/{argument}", "Identity", [source], list(controls), None))
        starts = list(inner.arguments.values()) + controls
        entrance = self.add(Node(f"{name}/input_control_node", "NoOp", [], starts, None)) if starts else None
        inner.add_nodes(function.nodes, entrance)

        outputs = []
        for output in function.outputs:
            outputs.append(inner.add_unique(f"{name}/{output}", "Identity", [inner.resolve(function.ret[output])], []))
        waits = [inner.prefix + target for target in function.control_ret] if node.op in CALLS else list(outputs)
        done = inner.add_unique(f"{name}/output_control_node", "NoOp", [], waits or ([entrance] if entrance else []))
        for output in outputs:
            self.runs_with[output] = done
        self.calls[name] = (outputs, done)

    def add_unique(self, name, op, inputs, controls):
        while name in self.graph:
            name += "_"
        return self.add(Node(name, op, inputs, controls, None))

    def make_bodies(self, owner):
        roles, first_input = BODIES.get(owner.op, ((), 0))
        bodies = []
        for attr, role in roles:
            if attr == "branches":
                names = [(f, f"{role}{i}") for i, f in enumerate(owner.source.functions(attr))]
            else:
                names = [(owner.source.function(attr), role)]
            for function, place in names:
                bodies.append(self.make_body(self.functions[function], f"{owner.name}/{place}/", first_input))
        return bodies

    def make_body(self, function, prefix, first_input):
        scope = Scope({}, self.functions, prefix)
        arguments = []
        for argument in function.arguments:
            # No node of the function has such a name.
            arguments.append(scope.add(Node(f"{prefix}{argument}:", "_Arg", [], [], None)))
            scope.arguments[argument] = arguments[-1]
        scope.add_nodes(function.nodes)
        scope.redirect()
        results = [scope.settle(scope.resolve(function.ret[output])) for output in function.outputs]
        targets = [scope.settle_target(prefix + target) for target in function.control_ret]
        return Body(scope.graph, arguments, results, targets, first_input)

    # Edges from calls

    def settle(self, endpoint):
        name, output = endpoint
        return (self.calls[name][0][output], 0) if name in self.calls else endpoint

    def settle_target(self, name):
        return self.calls[name][1] if name in self.calls else name

    def redirect(self):
        """Once all calls are expanded, edges from them start elsewhere."""
        for node in self.graph.values():
            node.inputs = [self.settle(source) for source in node.inputs]
            node.controls = [self.settle_target(source) for source in node.controls]
        # What runs with an output runs as if there were an edge: see live().
        for body in self.graph.values():
            body.runs_with = self.runs_with.get(body.name)


def flatten(graph):
    """A graphdef.Graph as one scope."""
    scope = Scope({}, graph.functions)
    scope.add_nodes(graph.nodes)
    scope.redirect()
    return scope
