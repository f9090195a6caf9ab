#===- graphs.py - random graphs with effects and control edges -------------===#
#
# Part of the graph-compile project, under the Apache License v2.0 with LLVM
# Exceptions. See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Makes random GraphDefs: variables of both kinds, reads, assignments,
arithmetic, assertions, prints, and control edges between any two nodes.

Every tensor holds a scalar or three elements, possibly in another shape, so
that any two broadcast, and integers or small dyadic numbers, so that sums are
exact.
"""

import json
from dataclasses import dataclass, field

FLOAT, INT, BOOL, RESOURCE = "DT_FLOAT", "DT_INT32", "DT_BOOL", "DT_RESOURCE"


@dataclass
class Node:
    name: str
    op: str
    inputs: list = field(default_factory=list)  # (name of a node, output)
    controls: list = field(default_factory=list)  # names of nodes
    attrs: dict = field(default_factory=dict)  # name -> text of an AttrValue
    # What the reference needs to know beyond the inputs.
    value: object = None
    shape: tuple = None


@dataclass
class Function:
    name: str
    feeds: dict  # (name, output) -> shape, -1 for open
    fetches: list  # (name, output)
    targets: list  # names


@dataclass
class Tensor:
    """An output that other nodes may take."""
    node: str
    output: int
    shape: tuple
    # A reference, or a value.
    is_reference: bool = False
    # May be the first input of Assign.
    is_assignable: bool = False


def shape_text(shape):
    return "".join(f" dim {{ size: {dim} }}" for dim in shape)


def tensor_text(dtype, shape, values):
    kind = {FLOAT: "float_val", INT: "int_val", BOOL: "bool_val"}[dtype]
    elements = "".join(
        f" {kind}: {str(v).lower() if dtype == BOOL else v}" for v in values)
    return (f"tensor {{ dtype: {dtype} tensor_shape {{{shape_text(shape)} }}"
            f"{elements} }}")


class GraphMaker:
    SHAPES = [(), (3,)]

    def __init__(self, random):
        self.random = random
        # The type of all variables and of whatever is computed. Folding knows
        # more of integers: their product with 0 is 0.
        self.dtype = random.choice([FLOAT, FLOAT, INT])
        self.nodes = []
        self.tensors = []
        self.handles = {}  # variable -> outputs that are its handle
        self.shapes = {}  # variable -> shape
        self.unset = set()  # variables without an initial value
        self.control_rate = random.choice([0.05, 0.2, 0.4, 0.7])

    # Nodes

    def add(self, op, inputs=(), attrs=None, controlled=True, **rest):
        node = Node(f"n{len(self.nodes)}_{op}", op, list(inputs), [],
                    attrs or {}, **rest)
        if controlled:
            while self.nodes and self.random.random() < self.control_rate:
                # Often a late one: that makes chains.
                near = self.nodes[-5:] if self.random.random() < 0.5 else self.nodes
                control = self.random.choice(near).name
                if control not in node.controls:
                    node.controls.append(control)
        self.nodes.append(node)
        return node.name

    def give(self, name, shape, output=0, **rest):
        self.tensors.append(Tensor(name, output, shape, **rest))
        return self.tensors[-1]

    def constant(self, values, shape, dtype=None, controlled=True):
        dtype = dtype or self.dtype
        return self.add("Const", attrs={
            "dtype": f"type: {dtype}",
            "value": tensor_text(dtype, shape, values)
        }, value=list(values), shape=shape, controlled=controlled)

    def number(self):
        number = self.random.randrange(-16, 17)
        return number / 4 if self.dtype == FLOAT else number

    def any_constant(self, shape):
        count = 3 if shape else 1
        name = self.constant([self.number() for _ in range(count)], shape)
        return self.give(name, shape)

    def pick(self):
        if not self.tensors or self.random.random() < 0.1:
            return self.any_constant(self.random.choice(self.SHAPES))
        recent = self.tensors[-8:] if self.random.random() < 0.5 else self.tensors
        return self.random.choice(recent)

    def pick_shaped(self, shape):
        """A tensor of exactly this shape."""
        tensor = self.pick()
        if tensor.shape == shape:
            return tensor
        if len(tensor.shape) and shape:
            return self.reshape(tensor, shape)
        if tensor.shape == ():
            zero = self.constant([0] * 3, (3,))
            return self.give(self.binary("AddV2", tensor, Tensor(zero, 0, (3,))),
                             (3,))
        axes = range(len(tensor.shape))
        return self.give(self.reduce("Sum", tensor, axes), ())

    # Families of ops

    def binary(self, op, a, b):
        return self.add(op, [(a.node, a.output), (b.node, b.output)],
                        {"T": f"type: {self.dtype}"})

    def reduce(self, op, tensor, axes):
        axes = list(axes)
        indices = self.constant(axes, (len(axes),), INT)
        return self.add(op, [(tensor.node, tensor.output), (indices, 0)],
                        {"T": f"type: {self.dtype}"})

    def reshape(self, tensor, shape):
        sizes = self.constant(list(shape), (len(shape),), INT)
        name = self.add("Reshape", [(tensor.node, tensor.output), (sizes, 0)],
                        {"T": f"type: {self.dtype}"}, shape=shape)
        return self.give(name, shape, is_reference=tensor.is_reference)

    def make_variable(self, index):
        name, shape = f"v{index}", self.random.choice(self.SHAPES)
        self.shapes[name] = shape
        attrs = {"dtype": f"type: {self.dtype}",
                 "shape": f"shape {{{shape_text(shape)} }}",
                 "shared_name": f's: "{name}"'}
        if self.random.random() < 0.5:
            if self.handles and self.random.random() < 0.15:
                self.unset.add(name)
            handle = self.add("VarHandleOp", attrs=attrs, value=name, shape=shape)
            self.handles[name] = [(handle, 0)]
            return
        reference = self.add("VariableV2", attrs=attrs, value=name, shape=shape)
        self.give(reference, shape, is_reference=True, is_assignable=True)

    def make_arithmetic(self):
        a, b = self.pick(), self.pick()
        op = self.random.choice(["AddV2", "Sub", "Maximum", "Minimum", "negated", "zero"])
        if op in ("negated", "zero"):
            factor = self.constant([-1 if op == "negated" else 0], ())
            op, b = "Mul", Tensor(factor, 0, ())
        self.give(self.binary(op, a, b), max(a.shape, b.shape, key=len))

    def make_passing(self):
        tensor = self.pick()
        op = self.random.choice(["Identity", "StopGradient", "Snapshot",
                                 "PreventGradient", "Reshape", "IdentityN"])
        source = (tensor.node, tensor.output)
        if op == "Reshape" and tensor.shape:
            self.reshape(tensor, self.random.choice([(3,), (1, 3)]))
        elif op == "IdentityN":
            other = self.pick()
            name = self.add(op, [source, (other.node, other.output)],
                            {"T": f"list {{ type: {self.dtype} type: {self.dtype} }}"})
            self.give(name, tensor.shape, 0, is_reference=tensor.is_reference)
            self.give(name, other.shape, 1, is_reference=other.is_reference)
        else:
            op = "Identity" if op == "Reshape" else op
            name = self.add(op, [source], {"T": f"type: {self.dtype}"})
            self.give(name, tensor.shape, is_reference=tensor.is_reference)

    def make_shape_only(self):
        """A number that any optimizer knows; the order must survive."""
        tensor = self.pick()
        size = self.add("Size", [(tensor.node, tensor.output)],
                        {"T": f"type: {self.dtype}", "out_type": f"type: {INT}"})
        name = self.add("Cast", [(size, 0)],
                        {"SrcT": f"type: {INT}", "DstT": f"type: {self.dtype}"})
        self.give(name, ())

    def make_query(self):
        """Whether a variable is set, which is no read."""
        references = [t for t in self.tensors if t.is_reference and t.is_assignable]
        if self.handles and (not references or self.random.random() < 0.5):
            variable = self.random.choice(sorted(self.handles))
            query = self.add("VarIsInitializedOp", [self.handles[variable][0]])
        elif references:
            reference = self.random.choice(references)
            query = self.add("IsVariableInitialized", [(reference.node, reference.output)],
                             {"dtype": f"type: {self.dtype}"})
        else:
            return
        name = self.add("Cast", [(query, 0)],
                        {"SrcT": f"type: {BOOL}", "DstT": f"type: {self.dtype}"})
        self.give(name, ())

    def make_read(self):
        if not self.handles:
            return self.make_passing()
        variable = self.random.choice(sorted(self.handles))
        if self.random.random() < 0.1:
            handle = self.random.choice(self.handles[variable])
            name = self.add("Identity", [handle], {"T": f"type: {RESOURCE}"})
            self.handles[variable].append((name, 0))
        if self.random.random() < 0.1:
            # Nodes of one shared name are one variable.
            attrs = next(node.attrs for node in self.nodes if node.value == variable)
            handle = self.add("VarHandleOp", attrs=attrs, value=variable,
                              shape=self.shapes[variable])
            self.handles[variable].append((handle, 0))
        handle = self.random.choice(self.handles[variable])
        name = self.add("ReadVariableOp", [handle], {"dtype": f"type: {self.dtype}"})
        self.give(name, self.shapes[variable])

    def make_assignment(self):
        kind = self.random.choice(["Assign", "AssignAdd", "AssignSub"])
        assignable = [t for t in self.tensors if t.is_assignable]
        if self.handles and (not assignable or self.random.random() < 0.5):
            variable = self.random.choice(sorted(self.handles))
            value = self.pick_shaped(self.shapes[variable])
            self.add(f"{kind}VariableOp", [self.random.choice(self.handles[variable]),
                                           (value.node, value.output)],
                     {"dtype": f"type: {self.dtype}"})
        elif assignable:
            reference = self.random.choice(assignable)
            value = self.pick_shaped(reference.shape)
            name = self.add(kind, [(reference.node, reference.output),
                                   (value.node, value.output)],
                            {"T": f"type: {self.dtype}"})
            self.give(name, reference.shape, is_reference=True, is_assignable=True)

    def make_group(self):
        self.add("NoOp")
        node = self.nodes[-1]
        for other in self.random.sample(self.nodes[:-1], min(3, len(self.nodes) - 1)):
            if other.name not in node.controls:
                node.controls.append(other.name)

    def make_assert(self):
        a = self.pick_shaped(())
        # Mostly true.
        limit = self.random.choice([1000, 1000, 0, -1000])
        if self.random.random() < 0.3:
            condition = self.constant([limit > 0], (), BOOL)
        else:
            bound = self.constant([limit], ())
            condition = self.add("Less", [(a.node, a.output), (bound, 0)],
                                 {"T": f"type: {self.dtype}"})
        data = self.pick()
        self.add("Assert", [(condition, 0), (data.node, data.output)],
                 {"T": f"list {{ type: {self.dtype} }}", "summarize": "i: 9"})

    def make_print(self):
        passed, data = self.pick(), self.pick()
        number = len(self.nodes)
        if self.random.random() < 0.5:
            name = self.add("Print", [(passed.node, passed.output),
                                      (data.node, data.output)],
                            {"T": f"type: {self.dtype}",
                             "U": f"list {{ type: {self.dtype} }}",
                             "message": f's: "P:n{number}_Print:"',
                             "summarize": "i: 9"})
            self.give(name, passed.shape)
            return
        text = self.add("StringFormat", [(data.node, data.output)],
                        {"T": f"list {{ type: {self.dtype} }}",
                         "template": f's: "P:n{number + 1}_PrintV2:%s"',
                         "placeholder": 's: "%s"', "summarize": "i: 9"})
        self.add("PrintV2", [(text, 0)])

    # The whole

    def make_initializer(self):
        """Gives every variable a constant, or a sum with one that has been set;
        nothing else touches these nodes, and nothing orders them."""
        by_variable = {}
        for node in self.nodes:
            if node.op in ("VarHandleOp", "VariableV2"):
                by_variable.setdefault(node.value, node)
        assignments = []
        done = []
        for variable, node in by_variable.items():
            if variable in self.unset:
                continue
            count = 3 if self.shapes[variable] else 1
            value = self.constant([self.number() for _ in range(count)],
                                  self.shapes[variable], controlled=False)
            is_handle = node.op == "VarHandleOp"
            alike = [other for other in done if other.shape == node.shape]
            if alike and self.random.random() < 0.5:
                other = self.random.choice(alike)
                read = (self.add("ReadVariableOp", [(other.name, 0)],
                                 {"dtype": f"type: {self.dtype}"}, controlled=False)
                        if other.op == "VarHandleOp" else other.name)
                value = self.add("AddV2", [(value, 0), (read, 0)],
                                 {"T": f"type: {self.dtype}"}, controlled=False)
            done.append(node)
            assignments.append(self.add(
                "AssignVariableOp" if is_handle else "Assign",
                [(node.name, 0), (value, 0)],
                {"dtype" if is_handle else "T": f"type: {self.dtype}"},
                controlled=False))
        init = self.add("NoOp", controlled=False)
        self.nodes[-1].controls = assignments
        return init

    def make_function(self, name, candidates):
        random = self.random
        # A fed input: what it replaces may be anything but a handle.
        feeds = {}
        for node in candidates:
            if node.op == "Placeholder":
                feeds[(node.name, 0)] = self.open_shape(node.shape)
        cuttable = [t for t in self.tensors if not t.is_assignable]
        for tensor in cuttable:
            if random.random() < 0.03:
                feeds[(tensor.node, tensor.output)] = self.open_shape(tensor.shape)
        fetches = random.sample(self.tensors, min(len(self.tensors), random.randrange(1, 4)))
        targets = random.sample(candidates, min(len(candidates), random.randrange(0, 4)))
        effects = [node for node in candidates if node.op.startswith(("Assign", "Print"))]
        targets += random.sample(effects, min(len(effects), random.randrange(0, 4)))
        return Function(name, feeds, [(t.node, t.output) for t in fetches],
                        sorted({node.name for node in targets}))

    def open_shape(self, shape):
        return tuple(-1 if self.random.random() < 0.5 and dim == 3 else dim for dim in shape)

    def make(self, size):
        random = self.random
        for index in range(random.randrange(1, 4)):
            self.make_variable(index)
        for _ in range(random.randrange(0, 3)):
            shape = random.choice(self.SHAPES)
            name = self.add("Placeholder", attrs={
                "dtype": f"type: {self.dtype}", "shape": "shape { unknown_rank: true }"
            }, shape=shape)
            self.give(name, shape)
        families = [(self.make_arithmetic, 4), (self.make_passing, 4),
                    (self.make_shape_only, 1), (self.make_read, 4),
                    (self.make_assignment, 6), (self.make_group, 1),
                    (self.make_assert, 1), (self.make_print, 1),
                    (self.make_query, 1)]
        makers, weights = zip(*families)
        while len(self.nodes) < size:
            random.choices(makers, weights)[0]()
        candidates = [n for n in self.nodes if n.op != "StringFormat"]
        functions = [self.make_function(f"f{i}", candidates)
                     for i in range(random.randrange(1, 4))]
        init = self.make_initializer()
        # The source may list nodes in any order.
        style = random.choice(["made", "made", "shuffled", "reversed"])
        if style == "shuffled":
            random.shuffle(self.nodes)
        elif style == "reversed":
            self.nodes.reverse()
        return self.nodes, functions, init


def write_graph(nodes, path):
    with open(path, "w") as file:
        for node in nodes:
            file.write(f'node {{ name: "{node.name}" op: "{node.op}"')
            for source, output in node.inputs:
                suffix = f":{output}" if output else ""
                file.write(f' input: "{source}{suffix}"')
            for control in node.controls:
                file.write(f' input: "^{control}"')
            for name, value in node.attrs.items():
                file.write(f' attr {{ key: "{name}" value {{ {value} }} }}')
            file.write(" }\n")


def write_config(functions, init, path):
    def tensor(endpoint, **rest):
        name, output = endpoint
        return {"node": f"{name}:{output}", "name": f"{name}_{output}", **rest}

    config = {"name": "random", "initializers": [init], "functions": [{
        "name": function.name,
        "feeds": [tensor(feed, shape=list(shape))
                  for feed, shape in function.feeds.items()],
        "fetches": [tensor(fetch) for fetch in function.fetches],
        "targets": function.targets,
    } for function in functions]}
    with open(path, "w") as file:
        json.dump(config, file, indent=1)
