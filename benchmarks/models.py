"""Models of dense layers: what the configurations describe, their data, and their reference results. Those of other
operators are in operators.py.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import operators
from graphdef import FLOAT, attribute, make_constant, make_shape, message, node, type_attribute


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


def describe(content):
    if "operators" in content:
        return operators.describe(content)
    layers = [Layer(**layer) for layer in content["layers"]]
    for layer in layers:
        if layer.activation not in ("", "relu"):
            raise ValueError(f"{content['name']}: unknown activation {layer.activation!r}; there is \"relu\"")
    return Model(content["name"], content["rows"], content["columns"], layers)


def read_config(path):
    return [describe(model) for model in json.loads(Path(path).read_text())["models"]]


def load(folder):
    """Reads back what Model.save wrote, without the reference."""
    model = describe(json.loads((folder / "model.json").read_text()))
    if isinstance(model, operators.OperatorModel):
        model.load(folder)
        return model
    data, at, depth = np.fromfile(folder / "weights.bin", np.float32), 0, model.columns
    for layer in model.layers:
        matrix = data[at : at + depth * layer.units].reshape(depth, layer.units)
        at += matrix.size
        bias = data[at : at + layer.units] if layer.bias else None
        at += layer.units if layer.bias else 0
        model.weights.append((matrix, bias))
        depth = layer.units
    model.input = np.fromfile(folder / "input.bin", np.float32).reshape(model.rows, model.columns)
    return model


# As a GraphDef


def make_graph(model):
    """The model's GraphDef, whose input is `x`, and its configuration."""
    if isinstance(model, operators.OperatorModel):
        return operators.make_graph(model)
    shape = attribute("shape", message(7, make_shape([model.rows, model.columns])))
    parts, value = [node("x", "Placeholder", (), type_attribute("dtype", FLOAT) + shape)], "x"

    def add(name, op, *inputs):
        nonlocal value
        parts.append(node(name, op, (value, *inputs), type_attribute("T", FLOAT)))
        value = name

    for i, (layer, (matrix, bias)) in enumerate(zip(model.layers, model.weights)):
        parts.append(make_constant(f"w{i}", matrix))
        add(f"product{i}", "MatMul", f"w{i}")
        if bias is not None:
            parts.append(make_constant(f"b{i}", bias))
            add(f"sum{i}", "BiasAdd", f"b{i}")
        if layer.activation == "relu":
            add(f"relu{i}", "Relu")
    function = {"name": "main", "feeds": [{"node": "x:0", "name": "x"}], "fetches": [{"node": f"{value}:0", "name": "y"}]}
    return b"".join(parts), {"name": "bench", "functions": [function]}
