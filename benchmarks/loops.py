"""Models with a loop: functions of a number, again and again, and a recurrent layer.

Each is a While of TensorFlow 2, with functions of the graph's library as its condition and its body.
"""

import json
from dataclasses import dataclass, field

import numpy as np
from graphdef import (
    BOOL,
    FLOAT,
    INT32,
    VARIANT,
    attribute,
    function_attribute,
    make_config,
    make_constant,
    make_function,
    make_library,
    make_placeholder,
    node,
    number,
    type_attribute,
    types_attribute,
)
from operators import FUNCTIONS, Operator

FLOATS = type_attribute("T", FLOAT)
INTEGERS = type_attribute("T", INT32)


def make_while(name, inputs, variables, count, step, results):
    """A While that runs its body `count` times, and its functions. `variables` are pairs of a name and a type, of which
    the first is the counter; `step` are the nodes of the body beside the counter's, `results` what they make of the
    variables beside the counter.
    """
    counter, types = variables[0][0], [dtype for _, dtype in variables]
    limit = make_constant("limit", np.array(count, np.int32))
    less = node("less", "Less", [counter, "limit:output:0"], INTEGERS)
    condition = make_function(f"{name}_cond", variables, [("again", BOOL)], [limit, less], ["less:z:0"])
    one = make_constant("one", np.array(1, np.int32))
    count_up = node("next", "AddV2", [counter, "one:output:0"], INTEGERS)
    outputs = [(f"{variable}_out", dtype) for variable, dtype in variables]
    body = make_function(f"{name}_body", variables, outputs, [one, count_up, *step], ["next:z:0", *results])
    attributes = function_attribute("cond", f"{name}_cond") + function_attribute("body", f"{name}_body")
    # As TensorFlow's own while_loop marks them: its executor runs them as Switch and Merge.
    attributes += types_attribute("T", types) + attribute("_lower_using_switch_merge", number(5, 1))
    return node(name, "While", inputs, attributes), [condition, body]


@dataclass
class ScalarLoop:
    """Functions of a number, one after the other, `iterations` times."""

    name: str
    iterations: int
    loop: list
    input: np.ndarray = None
    expected: np.ndarray = None  # in float64

    def __post_init__(self):
        self.loop = [Operator(**operator) for operator in self.loop]
        for operator in self.loop:
            if operator.op in ("layer_norm", "softmax"):
                raise ValueError(f"{self.name}: {operator.op} is not a function of a number")

    @property
    def flops(self):
        """Not operations of the machine: functions that are computed."""
        return self.iterations * len(self.loop)

    def fill(self):
        self.input = np.array(0.75, np.float32)
        steps = []
        for operator in self.loop:
            constants = () if operator.by is None else (np.float64(np.float32(operator.by)),)
            steps.append((FUNCTIONS[operator.op][0], constants))
        self.expected = np.float64(self.input)
        for _ in range(self.iterations):
            for function, constants in steps:
                self.expected = function(self.expected, *constants)

    def error(self, result):
        return float(abs(result.reshape(()) - self.expected) / (1 + abs(self.expected)))

    def save(self, folder):
        self.input.tofile(folder / "input.bin")
        loop = [vars(operator) for operator in self.loop]
        description = {"name": self.name, "iterations": self.iterations, "loop": loop}
        (folder / "model.json").write_text(json.dumps(description))

    def load(self, folder):
        self.input = np.fromfile(folder / "input.bin", np.float32).reshape(())

    def make_graph(self):
        body, value = [], "value"
        for i, operator in enumerate(self.loop):
            inputs, output = [value], "activations" if operator.op == "relu" else "y"
            if operator.by is not None:
                body.append(make_constant(f"c{i}", np.array(operator.by, np.float32)))
                inputs, output = [value, f"c{i}:output:0"], "z"
            body.append(node(f"y{i}", FUNCTIONS[operator.op][1], inputs, FLOATS))
            value = f"y{i}:{output}:0"
        variables = [("i", INT32), ("value", FLOAT)]
        loop, functions = make_while("loop", ["zero", "x"], variables, self.iterations, body, [value])
        nodes = make_placeholder("x", ()) + make_constant("zero", np.array(0, np.int32)) + loop
        return nodes + make_library(functions), make_config("loop:1")

    def make_jax(self):
        import jax
        import jax.numpy as jnp

        def apply(operator, value):
            function = getattr(jax.nn, operator.op, None) or getattr(jnp, FUNCTIONS[operator.op][0].__name__)
            return function(value) if operator.by is None else function(value, np.float32(operator.by))

        def body(state):
            i, value = state
            for operator in self.loop:
                value = apply(operator, value)
            return i + 1, value

        def network(value):
            return jax.lax.while_loop(lambda state: state[0] < self.iterations, body, (jnp.int32(0), value))[1]

        return network


@dataclass
class Recurrent:
    """A layer of LSTM cells, of which the last state is the result. The gates stand in Keras' order: input, forget,
    candidate, output.
    """

    name: str
    rows: int
    steps: int
    columns: int
    units: int
    input: np.ndarray = None
    kernel: np.ndarray = None  # columns x 4 units
    recurrent: np.ndarray = None  # units x 4 units
    bias: np.ndarray = None
    expected: np.ndarray = None  # in float64

    @property
    def flops(self):
        """Those of the products."""
        return 2 * self.rows * self.steps * (self.columns + self.units) * 4 * self.units

    def fill(self):
        random = np.random.default_rng(1)

        def draw(*shape):
            return random.uniform(-1, 1, shape).astype(np.float32)

        self.input = draw(self.rows, self.steps, self.columns)
        self.kernel = draw(self.columns, 4 * self.units) * np.float32((3 / self.columns) ** 0.5)
        self.recurrent = draw(self.units, 4 * self.units) * np.float32((3 / self.units) ** 0.5)
        self.bias = draw(4 * self.units)
        sigmoid = FUNCTIONS["sigmoid"][0]
        kernel, recurrent = self.kernel.astype(np.float64), self.recurrent.astype(np.float64)
        state = cell = np.zeros((self.rows, self.units))
        for step in range(self.steps):
            gates = self.input[:, step].astype(np.float64) @ kernel + state @ recurrent + self.bias
            enter, forget, candidate, leave = np.split(gates, 4, axis=1)
            cell = sigmoid(forget) * cell + sigmoid(enter) * np.tanh(candidate)
            state = sigmoid(leave) * np.tanh(cell)
        self.expected = state

    def error(self, result):
        """The largest error of `result` for each step; a state is below 1."""
        return float(np.max(np.abs(result.reshape(self.expected.shape) - self.expected)) / self.steps)

    def save(self, folder):
        self.input.tofile(folder / "input.bin")
        weights = [self.kernel.ravel(), self.recurrent.ravel(), self.bias]
        np.concatenate(weights).tofile(folder / "weights.bin")
        layer = {"rows": self.rows, "steps": self.steps, "columns": self.columns, "units": self.units}
        (folder / "model.json").write_text(json.dumps({"name": self.name, "lstm": layer}))

    def load(self, folder):
        gates = 4 * self.units
        self.input = np.fromfile(folder / "input.bin", np.float32).reshape(self.rows, self.steps, self.columns)
        weights = np.fromfile(folder / "weights.bin", np.float32)
        self.bias = weights[-gates:]
        self.kernel, self.recurrent = np.split(weights[:-gates].reshape(-1, gates), [self.columns])

    def make_step(self):
        """The nodes of the loop's body beside the counter's, and the next states."""
        sizes = make_constant("sizes", np.array([self.rows, self.columns], np.int32))
        axis = make_constant("axis", np.array(1, np.int32))
        item = ["inputs", "i", "sizes:output:0"]
        nodes = [sizes, axis, node("x", "TensorListGetItem", item, type_attribute("element_dtype", FLOAT))]

        def add(name, op, output, *inputs, attributes=b""):
            nodes.append(node(name, op, inputs, FLOATS + attributes))
            return f"{name}:{output}"

        entered = add("entered", "MatMul", "product:0", "x:item:0", "kernel")
        kept = add("kept", "MatMul", "product:0", "state", "recurrent")
        sums = add("sums", "BiasAdd", "output:0", add("added", "AddV2", "z:0", entered, kept), "bias")
        add("gates", "Split", "output:0", "axis:output:0", sums, attributes=attribute("num_split", number(3, 4)))
        enter = add("enter", "Sigmoid", "y:0", "gates:output:0")
        forget = add("forget", "Sigmoid", "y:0", "gates:output:1")
        candidate = add("candidate", "Tanh", "y:0", "gates:output:2")
        leave = add("leave", "Sigmoid", "y:0", "gates:output:3")
        remembered = add("remembered", "Mul", "z:0", forget, "cell")
        learned = add("learned", "Mul", "z:0", enter, candidate)
        cell = add("next_cell", "AddV2", "z:0", remembered, learned)
        return nodes, add("next_state", "Mul", "z:0", leave, add("shown", "Tanh", "y:0", cell)), cell

    def make_graph(self):
        """As Keras exports it: the steps of the input are a list, and what is constant passes through the loop."""
        nodes = [make_placeholder("x", self.input.shape)]
        arrays = {
            "order": np.array([1, 0, 2], np.int32),
            "sizes": np.array([self.rows, self.columns], np.int32),
            "zero": np.array(0, np.int32),
            "zeros": np.zeros((self.rows, self.units), np.float32),
            "kernel": self.kernel,
            "recurrent": self.recurrent,
            "bias": self.bias,
        }
        nodes += [make_constant(name, array) for name, array in arrays.items()]
        nodes.append(node("by_time", "Transpose", ["x", "order"], FLOATS + type_attribute("Tperm", INT32)))
        types = type_attribute("element_dtype", FLOAT) + type_attribute("shape_type", INT32)
        nodes.append(node("list", "TensorListFromTensor", ["by_time", "sizes"], types))
        variables = [("i", INT32), ("state", FLOAT), ("cell", FLOAT), ("inputs", VARIANT)]
        variables += [("kernel", FLOAT), ("recurrent", FLOAT), ("bias", FLOAT)]
        inputs = ["zero", "zeros", "zeros", "list", "kernel", "recurrent", "bias"]
        body, state, cell = self.make_step()
        results = [state, cell, "inputs", "kernel", "recurrent", "bias"]
        loop, functions = make_while("loop", inputs, variables, self.steps, body, results)
        return b"".join([*nodes, loop]) + make_library(functions), make_config("loop:1")

    def make_jax(self):
        import jax
        import jax.numpy as jnp

        def step(states, x):
            state, cell = states
            gates = x @ self.kernel + state @ self.recurrent + self.bias
            enter, forget, candidate, leave = jnp.split(gates, 4, axis=1)
            cell = jax.nn.sigmoid(forget) * cell + jax.nn.sigmoid(enter) * jnp.tanh(candidate)
            return (jax.nn.sigmoid(leave) * jnp.tanh(cell), cell), None

        def network(value):
            zeros = jnp.zeros((self.rows, self.units), jnp.float32)
            return jax.lax.scan(step, (zeros, zeros), jnp.swapaxes(value, 0, 1))[0][0]

        return network

    def make_torch(self):
        import torch

        layer = torch.nn.LSTM(self.columns, self.units, batch_first=True)
        layer.weight_ih_l0.data = torch.from_numpy(np.ascontiguousarray(self.kernel.T))
        layer.weight_hh_l0.data = torch.from_numpy(np.ascontiguousarray(self.recurrent.T))
        layer.bias_ih_l0.data = torch.from_numpy(self.bias.copy())
        layer.bias_hh_l0.data.zero_()

        # Its order of gates is Keras' too.
        return lambda value: layer(value)[1][0]
