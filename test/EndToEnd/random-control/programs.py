#===- programs.py - random programs and what they compute -----------------===#
#
# Part of the graph-compile project, under the Apache License v2.0 with LLVM
# Exceptions. See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Random programs with variables, conditionals and loops, and an evaluator that
runs them in the order in which they are written.

A block is a list of statements; each gives one value, an effect gives its
input's. Conditionals and loops have blocks of their own, which use the values
of the blocks around them. All effects of a block happen before its results are
there. `after` says which earlier effects of the block an effect waits for; in
an ordered program that is the one before it.
"""

from dataclasses import dataclass, field

import numpy as np

FLOAT, INT, BOOL = "DT_FLOAT", "DT_INT32", "DT_BOOL"
DTYPES = {FLOAT: np.float32, INT: np.int32, BOOL: np.bool_}

CONTROL = ("if", "case", "while")
ACCESSES = ("read", "assign", "assign_add", "assign_sub")
EFFECTS = ACCESSES + ("assert", "print")


@dataclass(eq=False)
class Value:
    name: str
    dtype: str
    shape: tuple


@dataclass(eq=False)
class Statement:
    kind: str
    results: list  # of Value
    operands: list = field(default_factory=list)
    # A number, the variable's name, or the name of a binary op.
    payload: object = None
    blocks: list = field(default_factory=list)
    after: list = field(default_factory=list)  # of Statement

    @property
    def name(self):
        return self.results[0].name

    def has_effects(self):
        return self.kind in EFFECTS or any(block.has_effects() for block in self.blocks)


@dataclass(eq=False)
class Block:
    arguments: list = field(default_factory=list)  # of Value: what a loop carries
    statements: list = field(default_factory=list)
    results: list = field(default_factory=list)  # of Value

    def has_effects(self):
        return any(statement.has_effects() for statement in self.statements)

    def effects(self):
        return [statement for statement in self.statements if statement.has_effects()]


@dataclass(eq=False)
class Program:
    variables: dict  # name -> initial value
    inputs: list  # of Value
    block: Block


class ProgramMaker:
    def __init__(self, source):
        self.source = source
        self.count = 0
        # Every effect waits for the one before it, so that there is one order.
        self.is_ordered = source.random() < 0.6
        self.shape = source.choice([(), (3,), (2, 2)])

    def make(self, size):
        self.budget = size
        variables = {}
        for i in range(self.source.randint(1, 3)):
            variables[f"v{i}"] = np.full(self.shape, self.number(), np.float32)
        self.variables = list(variables)
        inputs = [self.value(FLOAT, self.shape), self.value(FLOAT, ()),
                  self.value(INT, ()), self.value(BOOL, ())]
        block = Block()
        self.fill(block, list(inputs), size, 0)
        block.results = self.pick_results(block, inputs)
        return Program(variables, inputs, block)

    def number(self):
        return self.source.choice([-2, -1, -0.5, 0, 0.5, 1, 2, 3])

    def value(self, dtype, shape):
        self.count += 1
        return Value(f"n{self.count}", dtype, shape)

    def add(self, block, known, kind, dtype, shape, operands=(), payload=None, blocks=()):
        statement = Statement(kind, [self.value(dtype, shape)], list(operands), payload, list(blocks))
        return self.append(block, known, statement)

    def append(self, block, known, statement):
        if statement.has_effects():
            earlier = block.effects()
            if self.is_ordered:
                statement.after = earlier[-1:]
            else:
                statement.after = [e for e in earlier if self.source.random() < 0.4]
        block.statements.append(statement)
        known += statement.results
        return statement.results[0]

    def pick(self, known, dtype, shape):
        found = [v for v in known if v.dtype == dtype and v.shape == shape]
        return self.source.choice(found[-8:]) if found else None

    def operand(self, block, known, dtype, shape):
        """A value of that type; a constant where there is none, and at times."""
        found = self.pick(known, dtype, shape)
        if found and self.source.random() < 0.85:
            return found
        number = {FLOAT: self.number(), INT: self.source.randint(-2, 4),
                  BOOL: self.source.random() < 0.5}[dtype]
        return self.add(block, known, "constant", dtype, shape, payload=number)

    def fill(self, block, known, size, depth):
        kinds = ["binary"] * 4 + ["compare", "integer", "logical", "reduce"]
        kinds += ["read"] * 3 + ["assign", "assign_add", "assign_add", "assign_sub"]
        kinds += ["print", "assert"]
        if depth < 3:
            kinds += ["if"] * 3 + ["case", "while", "while"]
        while size > 0 and self.budget > 0:
            self.budget -= 1
            kind = self.source.choice(kinds)
            inner = self.source.randint(2, 7)
            size -= inner if kind in CONTROL else 1
            getattr(self, "make_" + kind)(block, known, inner, depth)

    def make_binary(self, block, known, inner, depth):
        shape = self.source.choice([self.shape, ()])
        operands = [self.operand(block, known, FLOAT, shape) for _ in range(2)]
        op = self.source.choice(["AddV2", "Sub", "Maximum", "Minimum", "AddV2", "Mul"])
        if op == "Mul":  # by a number that lets nothing grow
            operands[1] = self.add(block, known, "constant", FLOAT, shape,
                                   payload=self.source.choice([-1, 0.5, 1]))
        self.add(block, known, "binary", FLOAT, shape, operands, op)

    def make_integer(self, block, known, inner, depth):
        operands = [self.operand(block, known, INT, ()) for _ in range(2)]
        op = self.source.choice(["AddV2", "Sub", "Maximum", "Minimum"])
        self.add(block, known, "binary", INT, (), operands, op)

    def make_compare(self, block, known, inner, depth):
        dtype = self.source.choice([FLOAT, INT])
        operands = [self.operand(block, known, dtype, ()) for _ in range(2)]
        op = self.source.choice(["Less", "GreaterEqual"])
        self.add(block, known, "binary", BOOL, (), operands, op)

    def make_logical(self, block, known, inner, depth):
        operands = [self.operand(block, known, BOOL, ()) for _ in range(2)]
        op = self.source.choice(["LogicalAnd", "LogicalOr"])
        self.add(block, known, "binary", BOOL, (), operands, op)

    def make_reduce(self, block, known, inner, depth):
        self.add(block, known, "reduce", FLOAT, (), [self.operand(block, known, FLOAT, self.shape)])

    def make_read(self, block, known, inner, depth):
        self.add(block, known, "read", FLOAT, self.shape, payload=self.source.choice(self.variables))

    def make_write(self, kind, block, known):
        x = self.operand(block, known, FLOAT, self.shape)
        self.add(block, known, kind, FLOAT, self.shape, [x], self.source.choice(self.variables))

    def make_assign(self, block, known, inner, depth):
        self.make_write("assign", block, known)

    def make_assign_add(self, block, known, inner, depth):
        self.make_write("assign_add", block, known)

    def make_assign_sub(self, block, known, inner, depth):
        self.make_write("assign_sub", block, known)

    def make_print(self, block, known, inner, depth):
        self.add(block, known, "print", FLOAT, (), [self.operand(block, known, FLOAT, ())])

    def make_assert(self, block, known, inner, depth):
        x = self.operand(block, known, FLOAT, ())
        limit = self.add(block, known, "constant", FLOAT, (), payload=self.source.choice([3, 1e30, 1e30, 1e30]))
        holds = self.add(block, known, "binary", BOOL, (), [x, limit], "Less")
        self.add(block, known, "assert", FLOAT, (), [holds, x])

    def make_body(self, known, size, depth, arguments, types):
        block = Block(list(arguments))
        inside = list(known) + list(arguments)
        self.fill(block, inside, size, depth + 1)
        for dtype, shape in types:
            result = self.operand(block, inside, dtype, shape)
            block.results.append(result)
        return block

    def pick_types(self):
        types = [(FLOAT, self.shape), (FLOAT, ()), (INT, ()), (BOOL, ())]
        return [self.source.choice(types) for _ in range(self.source.randint(1, 3))]

    def make_branches(self, kind, number, block, known, inner, depth, selector):
        types = self.pick_types()
        blocks = [self.make_body(known, inner, depth, [], types) for _ in range(number)]
        results = [self.value(*each) for each in types]
        self.append(block, known, Statement(kind, results, [selector], None, blocks))

    def make_if(self, block, known, inner, depth):
        selector = self.operand(block, known, BOOL, ())
        self.make_branches("if", 2, block, known, inner, depth, selector)

    def make_case(self, block, known, inner, depth):
        selector = self.operand(block, known, INT, ())
        self.make_branches("case", self.source.randint(1, 3), block, known, inner, depth, selector)

    def make_while(self, block, known, inner, depth):
        """A loop of a few iterations; its first value counts them."""
        types = [(INT, ())] + self.pick_types()
        operands = [self.add(block, known, "constant", INT, (), payload=0)]
        operands += [self.operand(block, known, *each) for each in types[1:]]
        limit = self.source.randint(0, 4)
        arguments = [[self.value(*each) for each in types] for _ in range(2)]
        condition = Block(arguments[0])
        inside = list(known) + arguments[0]
        if self.source.random() < 0.5:
            self.fill(condition, inside, 2, depth + 2)
        bound = self.add(condition, inside, "constant", INT, (), payload=limit)
        goes_on = self.add(condition, inside, "binary", BOOL, (), [arguments[0][0], bound], "Less")
        condition.results = [goes_on]
        body = self.make_body(known, inner, depth, arguments[1], types[1:])
        inside = list(arguments[1])
        one = self.add(body, inside, "constant", INT, (), payload=1)
        counted = self.add(body, inside, "binary", INT, (), [arguments[1][0], one], "AddV2")
        body.results.insert(0, counted)
        results = [self.value(*each) for each in types]
        self.append(block, known, Statement("while", results, operands, None, [condition, body]))

    def pick_results(self, block, inputs):
        known = inputs + [v for s in block.statements for v in s.results]
        results = [v for v in known[len(inputs):] if self.source.random() < 0.5][-4:]
        return results or [self.operand(block, known, FLOAT, self.shape)]


# Evaluation


class Stopped(Exception):
    """An assertion that does not hold."""


BINARY = {
    "AddV2": np.add, "Sub": np.subtract, "Mul": np.multiply, "Maximum": np.maximum,
    "Minimum": np.minimum, "Less": np.less, "GreaterEqual": np.greater_equal,
    "LogicalAnd": np.logical_and, "LogicalOr": np.logical_or,
}


class Evaluator:
    """Runs a program as it is written, from the state `variables`."""

    def __init__(self, variables):
        self.variables = variables
        self.values = {}
        self.printed = []

    def run(self, program, inputs):
        self.values = dict(zip(program.inputs, inputs))
        return self.run_block(program.block)

    def run_block(self, block):
        for statement in block.statements:
            self.run_statement(statement)
        return [self.values[result] for result in block.results]

    def run_statement(self, statement):
        x = [self.values[operand] for operand in statement.operands]
        kind, name = statement.kind, statement.payload
        result = statement.results[0]
        if kind == "constant":
            value = np.full(result.shape, name)
        elif kind == "binary":
            value = BINARY[name](*x)
        elif kind == "reduce":
            value = x[0].ravel().sum(dtype=np.float32)
        elif kind == "read":
            value = self.variables[name]
        elif kind in ACCESSES:
            current = self.variables[name]
            value = x[0]
            self.variables[name] = {"assign": x[0], "assign_add": current + x[0],
                                    "assign_sub": current - x[0]}[kind]
        elif kind == "assert":
            if not x[0]:
                raise Stopped
            value = x[1]
        elif kind == "print":
            self.printed.append((statement.name, float(x[0])))
            value = x[0]
        else:
            return self.run_control(statement, x)
        self.values[result] = np.asarray(value, DTYPES[result.dtype]).reshape(result.shape)

    def run_control(self, statement, x):
        if statement.kind == "while":
            condition, body = statement.blocks
            while self.run_with(condition, x)[0]:
                x = self.run_with(body, x)
            results = x
        else:
            index = (0 if x[0] else 1) if statement.kind == "if" else int(x[0])
            if not 0 <= index < len(statement.blocks):
                index = len(statement.blocks) - 1
            results = self.run_block(statement.blocks[index])
        self.values.update(zip(statement.results, results))

    def run_with(self, block, arguments):
        self.values.update(zip(block.arguments, arguments))
        return self.run_block(block)
