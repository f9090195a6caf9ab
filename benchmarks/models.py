"""Models of dense layers: what the configurations describe, their data, and their reference results. Those of other
operators are in operators.py, those with loops in loops.py.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path

import loops
import numpy as np
import operators
from graphdef import FLOAT, make_config, make_constant, make_placeholder, node, type_attribute


@dataclass
class Layer:
    units: int
    bias: bool = False
    activation: str = ""


@dataclass
class Model:
    name: str
    rows: int
    columns: int
    layers: list
    weights: list = field(default_factory=list)  # (matrix, bias or None) of each layer
    input: np.ndarray = None
    expected: np.ndarray = None  # in float64
    scale: np.ndarray = None  # what the terms of each result sum up to without their signs

    @property
    def flops(self):
        total, depth = 0, self.columns
        for layer in self.layers:
            total += 2 * self.rows * depth * layer.units
            depth = layer.units
        return total

    def fill(self):
        """Makes up input and weights, the same in every run, and computes what the model gives on them."""
        random = np.random.default_rng(1)

        def draw(*shape):
            return random.uniform(-1, 1, shape).astype(np.float32)

        self.input = draw(self.rows, self.columns)
        depth = self.columns
        for layer in self.layers:
            # Values stay around 1 from layer to layer.
            matrix = draw(depth, layer.units) * np.float32((3 / depth) ** 0.5)
            self.weights.append((matrix, draw(layer.units) if layer.bias else None))
            depth = layer.units
        value, scale = self.input.astype(np.float64), np.abs(self.input.astype(np.float64))
        for layer, (matrix, bias) in zip(self.layers, self.weights):
            value, scale = value @ matrix, scale @ np.abs(matrix)
            if bias is not None:
                value, scale = value + bias, scale + np.abs(bias)
            if layer.activation == "relu":
                value = np.maximum(value, 0)
        self.expected, self.scale = value, scale

    def error(self, result):
        """The largest error of `result`, as a share of what its terms sum up to."""
        return float(np.max(np.abs(result.reshape(self.expected.shape) - self.expected) / self.scale))

    def save(self, folder):
        """Writes input.bin, weights.bin and model.json for the contenders."""
        self.input.tofile(folder / "input.bin")
        with open(folder / "weights.bin", "wb") as file:
            for matrix, bias in self.weights:
                matrix.tofile(file)
                if bias is not None:
                    bias.tofile(file)
        layers = [vars(layer) for layer in self.layers]
        description = {"name": self.name, "rows": self.rows, "columns": self.columns, "layers": layers}
        (folder / "model.json").write_text(json.dumps(description))

    def load(self, folder):
        data, at, depth = np.fromfile(folder / "weights.bin", np.float32), 0, self.columns
        for layer in self.layers:
            matrix = data[at : at + depth * layer.units].reshape(depth, layer.units)
            at += matrix.size
            bias = data[at : at + layer.units] if layer.bias else None
            at += layer.units if layer.bias else 0
            self.weights.append((matrix, bias))
            depth = layer.units
        self.input = np.fromfile(folder / "input.bin", np.float32).reshape(self.rows, self.columns)

    def make_graph(self):
        """The model's GraphDef, whose input is `x`, and its configuration."""
        parts, value = [make_placeholder("x", [self.rows, self.columns])], "x"

        def add(name, op, *inputs):
            nonlocal value
            parts.append(node(name, op, (value, *inputs), type_attribute("T", FLOAT)))
            value = name

        for i, (layer, (matrix, bias)) in enumerate(zip(self.layers, self.weights)):
            parts.append(make_constant(f"w{i}", matrix))
            add(f"product{i}", "MatMul", f"w{i}")
            if bias is not None:
                parts.append(make_constant(f"b{i}", bias))
                add(f"sum{i}", "BiasAdd", f"b{i}")
            if layer.activation == "relu":
                add(f"relu{i}", "Relu")
        return b"".join(parts), make_config(f"{value}:0")

    def make_onnx(self):
        from onnx import TensorProto, helper, numpy_helper

        nodes, weights, value = [], [], "x"
        for i, (layer, (matrix, bias)) in enumerate(zip(self.layers, self.weights)):
            weights.append(numpy_helper.from_array(matrix, f"w{i}"))
            inputs, op = [value, f"w{i}"], "MatMul"
            if bias is not None:
                weights.append(numpy_helper.from_array(bias, f"b{i}"))
                inputs, op = [*inputs, f"b{i}"], "Gemm"
            nodes.append(helper.make_node(op, inputs, [f"p{i}"]))
            value = f"p{i}"
            if layer.activation == "relu":
                nodes.append(helper.make_node("Relu", [value], [f"r{i}"]))
                value = f"r{i}"
        x = helper.make_tensor_value_info("x", TensorProto.FLOAT, [self.rows, self.columns])
        y = helper.make_tensor_value_info(value, TensorProto.FLOAT, [self.rows, self.layers[-1].units])
        graph = helper.make_graph(nodes, "bench", [x], [y], weights)
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8).SerializeToString()

    def make_torch(self):
        """The model as a function of PyTorch."""
        import torch

        layers, depth = [], self.columns
        for layer, (matrix, bias) in zip(self.layers, self.weights):
            dense = torch.nn.Linear(depth, layer.units, bias=bias is not None)
            dense.weight.data = torch.from_numpy(np.ascontiguousarray(matrix.T))
            if bias is not None:
                dense.bias.data = torch.from_numpy(bias.copy())
            layers.append(dense)
            if layer.activation == "relu":
                layers.append(torch.nn.ReLU())
            depth = layer.units
        return torch.nn.Sequential(*layers).eval()

    def make_jax(self):
        import jax

        def network(value):
            for layer, (matrix, bias) in zip(self.layers, self.weights):
                value = value @ matrix
                value = value if bias is None else value + bias
                value = jax.nn.relu(value) if layer.activation == "relu" else value
            return value

        return network


def describe_layers(content):
    layers = [Layer(**layer) for layer in content["layers"]]
    for layer in layers:
        if layer.activation not in ("", "relu"):
            raise ValueError(f"{content['name']}: unknown activation {layer.activation!r}; there is \"relu\"")
    return Model(content["name"], content["rows"], content["columns"], layers)


# By the key that only the description of this kind has.
KINDS = {
    "layers": describe_layers,
    "operators": operators.describe,
    "loop": lambda content: loops.ScalarLoop(**content),
    "lstm": lambda content: loops.Recurrent(content["name"], **content["lstm"]),
}


def describe(content):
    for key, make in KINDS.items():
        if key in content:
            return make(content)
    raise ValueError(f"{content['name']}: unknown kind of model; one has {', '.join(KINDS)}")


def read_config(path):
    return [describe(model) for model in json.loads(Path(path).read_text())["models"]]


def load(folder):
    """Reads back what save() wrote, without the reference."""
    model = describe(json.loads((folder / "model.json").read_text()))
    model.load(folder)
    return model
