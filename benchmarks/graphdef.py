"""The bytes of a GraphDef, written without TensorFlow. Field numbers are those that TensorFlow publishes."""

FLOAT, INT32 = 1, 3


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


def node(name, op, inputs=(), attributes=b""):
    content = message(1, name.encode()) + message(2, op.encode())
    for source in inputs:
        content += message(3, source.encode())
    return message(1, content + attributes)


def make_shape(sizes):
    return b"".join(message(2, number(1, size)) for size in sizes)


def make_constant(name, array):
    """A node that gives a NumPy array of f32 or i32."""
    dtype = {"float32": FLOAT, "int32": INT32}[array.dtype.name]
    tensor = number(1, dtype) + message(2, make_shape(array.shape)) + message(4, array.tobytes())
    return node(name, "Const", (), type_attribute("dtype", dtype) + attribute("value", message(8, tensor)))
