#===- forms.py - programs as TensorFlow graphs, in two forms --------------===#
#
# Part of the graph-compile project, under the Apache License v2.0 with LLVM
# Exceptions. See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Writes a program as a GraphDef: with functional conditionals and loops (If,
Case and While with functions), or with Switch, Merge and the frames of loops,
as TensorFlow 1 makes them.
"""

import itertools
import json

from programs import ACCESSES, BOOL, FLOAT, INT, Block, Statement, Value

RESOURCE = "DT_RESOURCE"
BINARY_OUTPUT = "z"
ASSIGN = {"assign": "AssignVariableOp", "assign_add": "AssignAddVariableOp",
          "assign_sub": "AssignSubVariableOp"}


def types(dtypes):
    return "list {" + "".join(f" type: {dtype}" for dtype in dtypes) + " }"


def shape_text(shape):
    return "".join(f" dim {{ size: {dim} }}" for dim in shape)


def tensor_text(dtype, shape, number):
    kind = {FLOAT: "float_val", INT: "int_val", BOOL: "bool_val"}[dtype]
    number = str(number).lower() if dtype == BOOL else number
    return (f"tensor {{ dtype: {dtype} tensor_shape {{{shape_text(shape)} }}"
            f" {kind}: {number} }}")


class Node:
    """`inputs` are (node, output argument, index)."""

    def __init__(self, name, op, inputs=(), controls=(), **attributes):
        self.name, self.op = name, op
        self.inputs = list(inputs)
        self.controls = list(dict.fromkeys(controls))
        self.attributes = attributes

    def write(self, keyword, write_input):
        text = f'{keyword} {{ name: "{self.name}" op: "{self.op}"'
        for each in self.inputs:
            text += f' input: "{write_input(*each)}"'
        for control in self.controls:
            text += f' input: "^{control}"'
        for name, value in self.attributes.items():
            text += f' attr {{ key: "{name}" value {{ {value} }} }}'
        return text + " }\n"


class Scope:
    """The nodes that a block becomes, in a graph or a function. A variable's
    handle is found by the variable's name."""

    def __init__(self, nodes, pivots=()):
        self.nodes = nodes
        self.pivots = list(pivots)
        self.places = {}  # Value or variable -> (node, output argument, index)
        self.done = {}  # effect -> the node that others wait for

    def lookup(self, value):
        return self.places[value]

    def add(self, name, op, inputs=(), controls=(), **attributes):
        self.nodes.append(Node(name, op, inputs, [*controls, *self.pivots], **attributes))
        return name

    def wait_for(self, statement):
        return [self.done[effect] for effect in statement.after]

    def emit_block(self, block, forms):
        for statement in block.statements:
            if statement.kind in ("if", "case", "while"):
                forms.emit_control(self, statement)
            else:
                self.emit(statement)

    def emit(self, statement):
        result, name = statement.results[0], statement.name
        dtype = f"type: {result.dtype}"
        inputs = [self.lookup(operand) for operand in statement.operands]
        after = self.wait_for(statement)
        kind, output = statement.kind, "output"
        if kind == "constant":
            value = tensor_text(result.dtype, result.shape, statement.payload)
            self.add(name, "Const", dtype=dtype, value=value)
        elif kind == "binary":
            attributes = {}
            if not statement.payload.startswith("Logical"):
                attributes["T"] = f"type: {statement.operands[0].dtype}"
            self.add(name, statement.payload, inputs, **attributes)
            output = BINARY_OUTPUT
        elif kind == "reduce":
            rank = len(statement.operands[0].shape)
            axes = "".join(f" int_val: {axis}" for axis in range(rank))
            value = f"tensor {{ dtype: DT_INT32 tensor_shape {{ dim {{ size: {rank} }} }}{axes} }}"
            self.add(name + "_axes", "Const", dtype="type: DT_INT32", value=value)
            self.add(name, "Sum", [inputs[0], (name + "_axes", "output", 0)], T=dtype)
        elif kind == "print":
            self.add(name, "Print", [inputs[0], inputs[0]], after, T=dtype,
                     U=types([result.dtype]), message=f's: "{name} "')
            self.done[statement] = name
        elif kind == "read":
            self.add(name, "ReadVariableOp", [self.lookup(statement.payload)], after, dtype=dtype)
            self.done[statement] = name
            output = "value"
        else:
            self.emit_effect(statement, inputs, after, dtype)
        self.places[result] = (name, output, 0)

    def emit_effect(self, statement, inputs, after, dtype):
        """Effects without a value of their own pass on what they are given."""
        effect = statement.name + "_effect"
        if statement.kind == "assert":
            self.add(effect, "Assert", inputs, after, T=types([FLOAT]))
        else:
            self.add(effect, ASSIGN[statement.kind],
                     [self.lookup(statement.payload), inputs[0]], after, dtype=dtype)
        self.done[statement] = effect
        self.add(statement.name, "Identity", inputs[-1:], [effect], T=dtype)

    def emit_results(self, block, name, make_name="{name}_{index}"):
        """The results of a block, there when its effects have happened."""
        places = []
        effects = [self.done[effect] for effect in block.effects()]
        for index, result in enumerate(block.results):
            node = make_name.format(name=name, index=index)
            self.add(node, "Identity", [self.lookup(result)], effects, T=f"type: {result.dtype}")
            places.append((node, "output", 0))
        return places


def find_uses(block):
    """The values and variables that a block takes from outside, in order."""
    defined = set(block.arguments)
    uses = {}
    for statement in block.statements:
        used = list(statement.operands)
        if statement.kind in ACCESSES:
            used.append(statement.payload)
        for inner in statement.blocks:
            used += find_uses(inner)
        uses.update((each, None) for each in used if each not in defined)
        defined.update(statement.results)
    uses.update((each, None) for each in block.results if each not in defined)
    return list(uses)


def get_dtype(use):
    return use.dtype if isinstance(use, Value) else RESOURCE


def get_name(use):
    return use.name if isinstance(use, Value) else use


class Functional:
    """If, Case and While with functions."""

    def __init__(self):
        self.functions = []

    def emit_control(self, scope, statement):
        uses = list(dict.fromkeys(itertools.chain(*map(find_uses, statement.blocks))))
        captured = [scope.lookup(use) for use in uses]
        captured_types = [get_dtype(use) for use in uses]
        inputs = [scope.lookup(operand) for operand in statement.operands]
        results = [result.dtype for result in statement.results]
        after = scope.wait_for(statement)
        name = statement.name
        stateless = "" if statement.has_effects() else "Stateless"
        functions = [self.make_function(f"{name}_{i}", block, uses,
                                        passes_on=statement.kind == "while" and i == 1)
                     for i, block in enumerate(statement.blocks)]
        names = [f'func {{ name: "{function}" }}' for function in functions]
        if statement.kind == "while":
            carried = types(results + captured_types)
            scope.add(name, stateless + "While", inputs + captured, after, T=carried,
                      cond=names[0], body=names[1])
        elif statement.kind == "if":
            scope.add(name, stateless + "If", inputs + captured, after, Tcond="type: DT_BOOL",
                      Tin=types(captured_types), Tout=types(results),
                      then_branch=names[0], else_branch=names[1])
        else:
            branches = "list {" + "".join(
                f' func {{ name: "{function}" }}' for function in functions) + " }"
            scope.add(name, stateless + "Case", inputs + captured, after, branches=branches,
                      Tin=types(captured_types), Tout=types(results))
        for index, result in enumerate(statement.results):
            scope.places[result] = (name, "output", index)
        scope.done[statement] = name

    def make_function(self, name, block, uses, passes_on):
        scope = Scope([])
        arguments = block.arguments + uses
        for argument in arguments:
            scope.places[argument] = (get_name(argument), None, 0)
        scope.emit_block(block, self)
        places = scope.emit_results(block, name)
        results = [result.dtype for result in block.results]
        if passes_on:
            results += [get_dtype(use) for use in uses]
            places += [scope.lookup(use) for use in uses]

        text = f'  function {{ signature {{ name: "{name}"'
        for argument in arguments:
            text += f' input_arg {{ name: "{get_name(argument)}" type: {get_dtype(argument)} }}'
        for index, dtype in enumerate(results):
            text += f' output_arg {{ name: "out{index}" type: {dtype} }}'
        text += " }\n"
        for node in scope.nodes:
            text += "    " + node.write("node_def", self.write_input)
        for index, place in enumerate(places):
            text += f'    ret {{ key: "out{index}" value: "{self.write_input(*place)}" }}\n'
        self.functions.append(text + "  }\n")
        return name

    @staticmethod
    def write_input(node, output, index):
        return node if output is None else f"{node}:{output}:{index}"


class BranchScope(Scope):
    """What comes from outside comes through a Switch."""

    def __init__(self, parent, name, predicate, after, truth, switches):
        super().__init__(parent.nodes)
        self.parent, self.name, self.predicate = parent, name, predicate
        self.after, self.truth, self.switches = after, truth, switches
        side = "t" if truth else "f"
        pivot = f"{name}_pivot_{side}"
        self.nodes.append(Node(pivot, "Identity",
                               [(f"{name}_pivot", "output", int(truth))], T="type: DT_BOOL"))
        self.pivots = [pivot]

    def lookup(self, value):
        if value not in self.places:
            if value not in self.switches:
                switch = f"{self.name}_switch_{get_name(value)}"
                source = self.parent.lookup(value)
                self.parent.add(switch, "Switch", [source, self.predicate], self.after,
                                T=f"type: {get_dtype(value)}")
                self.switches[value] = switch
            self.places[value] = (self.switches[value], "output", int(self.truth))
        return self.places[value]


class FrameScope(Scope):
    """What comes from outside a loop comes through an Enter."""

    def __init__(self, parent, name, after, enters, pivots):
        super().__init__(parent.nodes, pivots)
        self.parent, self.name, self.after, self.enters = parent, name, after, enters

    def lookup(self, value):
        if value not in self.places:
            if value not in self.enters:
                enter = f"{self.name}_enter_{get_name(value)}"
                source = self.parent.lookup(value)
                self.parent.add(enter, "Enter", [source], self.after,
                                **self.attributes(get_dtype(value), True))
                self.enters[value] = enter
            self.places[value] = (self.enters[value], "output", 0)
        return self.places[value]

    def attributes(self, dtype, is_constant):
        return {"T": f"type: {dtype}", "frame_name": f's: "{self.name}"',
                "is_constant": f"b: {str(is_constant).lower()}", "parallel_iterations": "i: 10"}


class Switched:
    """Switch and Merge, and frames."""

    functions = ()

    def emit_control(self, scope, statement):
        if statement.kind == "while":
            self.emit_loop(scope, statement)
        elif statement.kind == "if":
            self.emit_if(scope, statement)
        else:
            self.emit_case(scope, statement)

    def emit_if(self, scope, statement):
        name, after = statement.name, scope.wait_for(statement)
        predicate = scope.lookup(statement.operands[0])
        scope.add(name + "_pivot", "Switch", [predicate, predicate], after, T="type: DT_BOOL")
        switches, sides = {}, []
        for truth, block in zip((True, False), statement.blocks):
            branch = BranchScope(scope, name, predicate, after, truth, switches)
            branch.emit_block(block, self)
            sides.append(branch.emit_results(block, f"{name}_{'t' if truth else 'f'}"))
        for index, (result, *places) in enumerate(zip(statement.results, *sides)):
            merge = f"{name}_merge_{index}"
            scope.nodes.append(Node(merge, "Merge", places[::-1],
                                    T=f"type: {result.dtype}", N="i: 2"))
            scope.places[result] = (merge, "output", 0)
        scope.done[statement] = f"{name}_merge_0"

    def emit_case(self, scope, statement):
        """Conditionals in the else branches of conditionals; the last branch
        also serves what is out of range."""
        self.emit_chain(scope, statement, 0)

    def emit_chain(self, scope, statement, index):
        *_, last = statement.blocks
        name = f"{statement.name}_{index}"
        if last is statement.blocks[0]:  # a single branch: nothing is decided
            number = Value(name + "_always", BOOL, ())
            scope.emit(Statement("constant", [number], payload=True))
            chosen, rest = last, last
        else:
            number = Value(name + "_number", INT, ())
            scope.emit(Statement("constant", [number], payload=index))
            matches = Value(name + "_matches", BOOL, ())
            scope.emit(Statement("binary", [matches], [statement.operands[0], number], "Equal"))
            number = matches
            chosen = statement.blocks[index]
            rest = last
            if index + 2 < len(statement.blocks):
                rest = self.make_rest(statement, index + 1)
        results = statement.results if index == 0 else [
            Value(f"{name}_{result.name}", result.dtype, result.shape)
            for result in statement.results]
        if chosen is rest:
            rest = Block([], [], [self.emit_zero(scope, name, i, each)
                                  for i, each in enumerate(results)])
        conditional = Statement("if", results, [number], None, [chosen, rest], statement.after)
        self.emit_if(scope, conditional)
        scope.done[statement] = scope.done[conditional]

    @staticmethod
    def emit_zero(scope, name, index, like):
        zero = Value(f"{name}_zero_{index}", like.dtype, like.shape)
        scope.emit(Statement("constant", [zero], payload=0 if like.dtype != BOOL else False))
        return zero

    def make_rest(self, statement, index):
        """The branches from `index` on, as the else branch of a conditional."""
        name = f"{statement.name}_rest_{index}"
        number = Value(name + "_number", INT, ())
        matches = Value(name + "_matches", BOOL, ())
        results = [Value(f"{name}_{i}", each.dtype, each.shape)
                   for i, each in enumerate(statement.results)]
        rest = statement.blocks[-1]
        if index + 2 < len(statement.blocks):
            rest = self.make_rest(statement, index + 1)
        inner = Statement("if", results, [matches], None, [statement.blocks[index], rest])
        return Block([], [Statement("constant", [number], payload=index),
                          Statement("binary", [matches], [statement.operands[0], number], "Equal"),
                          inner], results)

    def emit_loop(self, scope, statement):
        name, after = statement.name, scope.wait_for(statement)
        condition, body = statement.blocks
        enters = {}
        frame = FrameScope(scope, name, after, enters, [])
        merges = []
        for index, operand in enumerate(statement.operands):
            scope.add(f"{name}_enter_{index}", "Enter", [scope.lookup(operand)], after,
                      **frame.attributes(operand.dtype, False))
            merge = f"{name}_merge_{index}"
            scope.nodes.append(Node(merge, "Merge", [(f"{name}_enter_{index}", "output", 0),
                                                     (f"{name}_next_{index}", "output", 0)],
                                    T=f"type: {operand.dtype}", N="i: 2"))
            merges.append(merge)
        tested = FrameScope(scope, name, after, enters, merges[:1])
        for argument, merge in zip(condition.arguments, merges):
            tested.places[argument] = (merge, "output", 0)
        tested.emit_block(condition, self)
        (goes_on,) = tested.emit_results(condition, f"{name}_cond")
        scope.nodes.append(Node(f"{name}_loop", "LoopCond", [goes_on]))
        repeated = FrameScope(scope, name, after, enters, [f"{name}_body_0"])
        for index, (argument, merge) in enumerate(zip(body.arguments, merges)):
            dtype = f"type: {argument.dtype}"
            scope.nodes.append(Node(f"{name}_switch_{index}", "Switch",
                                    [(merge, "output", 0), (f"{name}_loop", "output", 0)], T=dtype))
            scope.nodes.append(Node(f"{name}_exit_{index}", "Exit",
                                    [(f"{name}_switch_{index}", "output", 0)], T=dtype))
            scope.nodes.append(Node(f"{name}_body_{index}", "Identity",
                                    [(f"{name}_switch_{index}", "output", 1)], T=dtype))
            repeated.places[argument] = (f"{name}_body_{index}", "output", 0)
        repeated.emit_block(body, self)
        places = repeated.emit_results(body, f"{name}_result")
        for index, (result, place) in enumerate(zip(statement.results, places)):
            scope.nodes.append(Node(f"{name}_next_{index}", "NextIteration", [place],
                                    T=f"type: {result.dtype}"))
            scope.places[result] = (f"{name}_exit_{index}", "output", 0)
        scope.done[statement] = f"{name}_exit_0"


def write_input(node, output, index):
    return f"{node}:{index}" if index else node


def write_graph(program, forms, path):
    """Writes the graph of `forms` (Functional() or Switched()): the inputs are
    placeholders of their names, the results are "out_0" and so on."""
    scope = Scope([])
    assigned = []
    for variable, initial in program.variables.items():
        shape = f"shape {{{shape_text(initial.shape)} }}"
        scope.add(variable, "VarHandleOp", dtype=f"type: {FLOAT}", shape=shape,
                  shared_name=f's: "{variable}"')
        scope.places[variable] = (variable, "resource", 0)
        scope.add(variable + "_initial", "Const", dtype=f"type: {FLOAT}",
                  value=tensor_text(FLOAT, initial.shape, initial.flat[0]))
        assigned.append(scope.add(variable + "_init", "AssignVariableOp",
                                  [(variable, "", 0), (variable + "_initial", "", 0)],
                                  dtype=f"type: {FLOAT}"))
    scope.add("init", "NoOp", [], assigned)
    for value in program.inputs:
        scope.add(value.name, "Placeholder", dtype=f"type: {value.dtype}",
                  shape=f"shape {{{shape_text(value.shape)} }}")
        scope.places[value] = (value.name, "output", 0)
    scope.emit_block(program.block, forms)
    scope.emit_results(program.block, "out")
    with open(path, "w") as file:
        for node in scope.nodes:
            file.write(node.write("node", write_input))
        file.write("library {\n" + "".join(forms.functions) + "}\n")


def write_config(program, path):
    function = {
        "name": "run",
        "feeds": [{"node": value.name, "name": value.name, "shape": list(value.shape)}
                  for value in program.inputs],
        "fetches": [{"node": f"out_{i}", "name": f"out_{i}"}
                    for i in range(len(program.block.results))],
    }
    with open(path, "w") as file:
        json.dump({"name": "random", "initializers": ["init"], "functions": [function]}, file)
