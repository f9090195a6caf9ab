"""Models of one operator after another on rows: softmax, layer normalization, chains of elementwise functions.

Each operator says what it is in float64 (the reference), in TensorFlow's graph, in ONNX, and in PyTorch.
"""

import json
from dataclasses import dataclass, field

import numpy as np
from graphdef import FLOAT, INT32, attribute, make_config, make_constant, make_placeholder, node, number, type_attribute

EPSILON = 1e-5


def softmax(x):
    powers = np.exp(x - x.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)


# By name: the function, and its name in TensorFlow, in ONNX and in PyTorch. With a constant, a function of two.
FUNCTIONS = {
    "exp": (np.exp, "Exp", "Exp", "exp"),
    "negate": (np.negative, "Neg", "Neg", "neg"),
    "relu": (lambda x: np.maximum(x, 0), "Relu", "Relu", "relu"),
    "sigmoid": (lambda x: 1 / (1 + np.exp(-x)), "Sigmoid", "Sigmoid", "sigmoid"),
    "softmax": (softmax, "Softmax", "Softmax", "softmax"),
    "sqrt": (np.sqrt, "Sqrt", "Sqrt", "sqrt"),
    "tanh": (np.tanh, "Tanh", "Tanh", "tanh"),
    "add": (np.add, "AddV2", "Add", "add"),
    "maximum": (np.maximum, "Maximum", "Max", "maximum"),
    "multiply": (np.multiply, "Mul", "Mul", "mul"),
}


@dataclass
class Operator:
    op: str
    by: float = None  # the constant of a function of two

    def __post_init__(self):
        if self.op != "layer_norm" and self.op not in FUNCTIONS:
            raise ValueError(f"unknown operator {self.op!r}; there are layer_norm, {', '.join(FUNCTIONS)}")


@dataclass
class OperatorModel:
    name: str
    rows: int
    columns: int
    operators: list
    input: np.ndarray = None
    gamma: np.ndarray = None  # of layer normalizations
    beta: np.ndarray = None
    expected: np.ndarray = None  # in float64
    scale: np.ndarray = field(default=None)  # what an error is a share of

    @property
    def flops(self):
        """Not operations of the machine: elements times operators."""
        return self.rows * self.columns * len(self.operators)

    def fill(self):
        random = np.random.default_rng(1)
        self.input = random.uniform(-3, 3, (self.rows, self.columns)).astype(np.float32)
        self.gamma, self.beta = random.uniform(0.5, 1.5, (2, self.columns)).astype(np.float32)
        value = self.input.astype(np.float64)
        for operator in self.operators:
            if operator.op == "layer_norm":
                mean, variance = value.mean(axis=-1, keepdims=True), value.var(axis=-1, keepdims=True)
                value = (value - mean) / np.sqrt(variance + EPSILON) * self.gamma + self.beta
            else:
                constants = () if operator.by is None else (np.float32(operator.by),)
                value = FUNCTIONS[operator.op][0](value, *constants)
        # Every operator may round, and a sum of a row a little more.
        self.expected, self.scale = value, (1 + len(self.operators)) * (1 + np.abs(value))

    def error(self, result):
        """The largest error of `result` for each operator, relative to results above 1."""
        return float(np.max(np.abs(result.reshape(self.expected.shape) - self.expected) / self.scale))

    def save(self, folder):
        np.concatenate([self.input.ravel(), self.gamma, self.beta]).tofile(folder / "data.bin")
        self.input.tofile(folder / "input.bin")
        operators = [vars(operator) for operator in self.operators]
        description = {"name": self.name, "rows": self.rows, "columns": self.columns, "operators": operators}
        (folder / "model.json").write_text(json.dumps(description))

    def load(self, folder):
        data = np.fromfile(folder / "data.bin", np.float32)
        self.input = data[: self.rows * self.columns].reshape(self.rows, self.columns)
        self.gamma, self.beta = data[self.rows * self.columns :].reshape(2, self.columns)

    def make_graph(self):
        """The model's GraphDef, whose input is `x`, and its configuration."""
        parts, value = [make_placeholder("x", [self.rows, self.columns])], "x"

        def add(name, op, inputs, attributes=b""):
            parts.append(node(name, op, inputs, type_attribute("T", FLOAT) + attributes))
            return name

        def constant(name, array):
            parts.append(make_constant(name, np.asarray(array)))
            return name

        for i, operator in enumerate(self.operators):
            if operator.op != "layer_norm":
                inputs = [value] if operator.by is None else [value, constant(f"c{i}", np.float32(operator.by))]
                value = add(f"y{i}", FUNCTIONS[operator.op][1], inputs)
                continue
            # As Keras 3 writes it: moments, then a scale and an offset.
            axis, keeps = constant(f"axis{i}", np.array([-1], np.int32)), attribute("keep_dims", number(5, 1))
            index = type_attribute("Tidx", INT32)
            mean = add(f"mean{i}", "Mean", [value, axis], keeps + index)
            square = add(f"square{i}", "SquaredDifference", [value, mean])
            variance = add(f"variance{i}", "Mean", [square, axis], keeps + index)
            shifted = add(f"shifted{i}", "AddV2", [variance, constant(f"epsilon{i}", np.float32(EPSILON))])
            factor = add(f"factor{i}", "Mul", [add(f"root{i}", "Rsqrt", [shifted]), constant(f"gamma{i}", self.gamma)])
            scaled = add(f"scaled{i}", "Mul", [value, factor])
            offset = add(f"offset{i}", "Sub", [constant(f"beta{i}", self.beta), add(f"moved{i}", "Mul", [mean, factor])])
            value = add(f"y{i}", "AddV2", [scaled, offset])
        return b"".join(parts), make_config(f"{value}:0")

    def make_onnx(self):
        from onnx import TensorProto, helper, numpy_helper

        nodes, constants, value = [], [], "x"

        def constant(name, array):
            constants.append(numpy_helper.from_array(np.asarray(array), name))
            return name

        for i, operator in enumerate(self.operators):
            if operator.op == "layer_norm":
                inputs = [value, constant(f"gamma{i}", self.gamma), constant(f"beta{i}", self.beta)]
                nodes.append(helper.make_node("LayerNormalization", inputs, [f"y{i}"], axis=-1, epsilon=EPSILON))
            else:
                inputs = [value] if operator.by is None else [value, constant(f"c{i}", np.float32(operator.by))]
                nodes.append(helper.make_node(FUNCTIONS[operator.op][2], inputs, [f"y{i}"]))
            value = f"y{i}"
        x, y = (helper.make_tensor_value_info(name, TensorProto.FLOAT, [self.rows, self.columns]) for name in ("x", value))
        graph = helper.make_graph(nodes, "bench", [x], [y], constants)
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8).SerializeToString()

    def make_torch(self):
        """The model as a function of PyTorch."""
        import torch

        gamma, beta = torch.from_numpy(self.gamma.copy()), torch.from_numpy(self.beta.copy())
        constants = [None if operator.by is None else torch.tensor(operator.by) for operator in self.operators]

        def network(value):
            for operator, constant in zip(self.operators, constants):
                if operator.op == "layer_norm":
                    value = torch.nn.functional.layer_norm(value, (self.columns,), gamma, beta, EPSILON)
                elif operator.op == "softmax":
                    value = torch.softmax(value, -1)
                else:
                    function = getattr(torch, FUNCTIONS[operator.op][3])
                    value = function(value) if constant is None else function(value, constant)
            return value

        return network


def describe(content):
    operators = [Operator(**operator) for operator in content["operators"]]
    return OperatorModel(content["name"], content["rows"], content["columns"], operators)
