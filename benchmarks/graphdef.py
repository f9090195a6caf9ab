"""The bytes of a GraphDef, written without TensorFlow. Field numbers are those that TensorFlow publishes."""

FLOAT = 1


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
