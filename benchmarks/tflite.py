"""Writes a model of dense layers, or of softmaxes, as a TensorFlow Lite file, with the schema that LiteRT's package has."""

import flatbuffers
from ai_edge_litert import schema_py_generated as schema


def make_tensor(name, shape, buffer):
    tensor = schema.TensorT()
    tensor.name, tensor.shape, tensor.type, tensor.buffer = name, list(shape), schema.TensorType.FLOAT32, buffer
    return tensor


def make_dense(inputs, output, activation):
    options = schema.FullyConnectedOptionsT()
    kinds = schema.ActivationFunctionType
    options.fusedActivationFunction = kinds.RELU if activation == "relu" else kinds.NONE
    operator = schema.OperatorT()
    operator.opcodeIndex, operator.inputs, operator.outputs = 0, inputs, [output]
    operator.builtinOptionsType = schema.BuiltinOptions.FullyConnectedOptions
    operator.builtinOptions = options
    return operator


def make_softmax(value, output):
    options = schema.SoftmaxOptionsT()
    options.beta = 1.0
    operator = schema.OperatorT()
    operator.opcodeIndex, operator.inputs, operator.outputs = 1, [value], [output]
    operator.builtinOptionsType, operator.builtinOptions = schema.BuiltinOptions.SoftmaxOptions, options
    return operator


def make_code(builtin):
    code = schema.OperatorCodeT()
    code.builtinCode = code.deprecatedBuiltinCode = builtin
    return code


def make_model(model):
    if not hasattr(model, "layers") and not hasattr(model, "operators"):
        raise RuntimeError("this kind of model is not written for LiteRT")
    graph = schema.SubGraphT()
    graph.tensors, graph.operators, graph.inputs, graph.outputs = [], [], [0], []
    buffers = [schema.BufferT()]  # the first is that of tensors without data

    def add_tensor(name, shape, data=None):
        buffer = 0
        if data is not None:
            buffers.append(schema.BufferT())
            buffers[-1].data = bytearray(data.tobytes())
            buffer = len(buffers) - 1
        graph.tensors.append(make_tensor(name, shape, buffer))
        return len(graph.tensors) - 1

    value = add_tensor("x", (model.rows, model.columns))
    for i, operator in enumerate(getattr(model, "operators", [])):
        if operator.op != "softmax":
            raise RuntimeError(f"there is no {operator.op} for LiteRT here")
        source, value = value, add_tensor(f"y{i}", (model.rows, model.columns))
        graph.operators.append(make_softmax(source, value))
    for i, (layer, (matrix, bias)) in enumerate(zip(getattr(model, "layers", []), getattr(model, "weights", []))):
        transposed = matrix.T.copy()
        inputs = [value, add_tensor(f"w{i}", transposed.shape, transposed)]
        inputs.append(-1 if bias is None else add_tensor(f"b{i}", bias.shape, bias))
        value = add_tensor(f"y{i}", (model.rows, layer.units))
        graph.operators.append(make_dense(inputs, value, layer.activation))
    graph.outputs = [value]

    codes = [make_code(schema.BuiltinOperator.FULLY_CONNECTED), make_code(schema.BuiltinOperator.SOFTMAX)]
    content = schema.ModelT()
    content.version, content.operatorCodes, content.subgraphs, content.buffers = 3, codes, [graph], buffers
    builder = flatbuffers.Builder(1024)
    builder.Finish(content.Pack(builder), b"TFL3")
    return bytes(builder.Output())
