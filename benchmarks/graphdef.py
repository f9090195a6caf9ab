"""The bytes of a GraphDef, written without TensorFlow, and the configuration that goes with it. Field numbers are those that TensorFlow publishes."""

FLOAT, INT32, BOOL, VARIANT = 1, 3, 10, 21


def varint(value):
    encoded = bytearray()
    while value >= 0x80:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)


def message(field, content):
    return varint(field << 3 | 2) + varint(len(content)) + content


def number(field, value):
    return varint(field << 3) + varint(value)


def attribute(name, value):
    return message(5, message(1, name.encode()) + message(2, value))


def type_attribute(name, dtype):
    return attribute(name, number(6, dtype))


def types_attribute(name, dtypes):
    return attribute(name, message(1, b"".join(number(6, dtype) for dtype in dtypes)))


def function_attribute(name, function):
    return attribute(name, message(10, message(1, function.encode())))


def node(name, op, inputs=(), attributes=b""):
    content = message(1, name.encode()) + message(2, op.encode())
    for source in inputs:
        content += message(3, source.encode())
    return message(1, content + attributes)


def make_shape(sizes):
    return b"".join(message(2, number(1, size)) for size in sizes)


def make_function(name, inputs, outputs, nodes, results):
    """A FunctionDef. `inputs` and `outputs` are pairs of a name and a type, `nodes` are what node() gives, `results`
    has for each output the value that it is.
    """

    def argument(field, name, dtype):
        return message(field, message(1, name.encode()) + number(3, dtype))

    signature = message(1, name.encode())
    signature += b"".join(argument(2, *each) for each in inputs) + b"".join(argument(3, *each) for each in outputs)
    content = message(1, signature)
    # A node stands in field 1 of a graph, but in field 3 of a function.
    content += b"".join(varint(3 << 3 | 2) + each[1:] for each in nodes)
    for (output, _), value in zip(outputs, results):
        content += message(4, message(1, output.encode()) + message(2, value.encode()))
    return content


def make_library(functions):
    return message(2, b"".join(message(1, function) for function in functions))


def make_placeholder(name, shape):
    shape = attribute("shape", message(7, make_shape(shape)))
    return node(name, "Placeholder", (), type_attribute("dtype", FLOAT) + shape)


def make_config(fetch):
    """The configuration of a graph from `x` to the value `fetch`."""
    function = {"name": "main", "feeds": [{"node": "x:0", "name": "x"}], "fetches": [{"node": fetch, "name": "y"}]}
    return {"name": "bench", "functions": [function]}


def make_constant(name, array):
    """A node that gives a NumPy array of f32 or i32."""
    dtype = {"float32": FLOAT, "int32": INT32}[array.dtype.name]
    tensor = number(1, dtype) + message(2, make_shape(array.shape)) + message(4, array.tobytes())
    return node(name, "Const", (), type_attribute("dtype", dtype) + attribute("value", message(8, tensor)))
