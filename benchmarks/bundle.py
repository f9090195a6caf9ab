"""Writes the variables of a SavedModel, a "bundle", without TensorFlow.

A bundle is a file of tensors, one after the other, and an index, a table in LevelDB's format (its
doc/table_format.md): by key, where a tensor stands, and its checksum.
"""

import ctypes
import struct
import subprocess
from pathlib import Path

import numpy as np
from graphdef import FLOAT, make_shape, message, number, varint

MAGIC = 0xDB4775248B80FB57  # the last eight bytes of a table
MASK = 0xA282EAD8  # added to checksums that are stored, so that nobody takes the checksum of a checksum


class Checksum:
    """CRC-32C, as the formats of LevelDB and TensorFlow store it."""

    def __init__(self, folder):
        library = folder / "crc32c.so"
        source = Path(__file__).resolve().parent / "drivers/crc32c.c"
        subprocess.run(["cc", "-O2", "-msse4.2", "-shared", "-fPIC", source, "-o", library], check=True)
        self.function = ctypes.CDLL(str(library)).crc32c
        self.function.restype, self.function.argtypes = ctypes.c_uint32, [ctypes.c_void_p, ctypes.c_size_t]

    def __call__(self, content):
        data = np.frombuffer(content, np.uint8)
        crc = self.function(data.ctypes.data, data.size)
        return ((crc >> 15 | crc << 17) + MASK) & 0xFFFFFFFF


class Table:
    """The bytes of a table, of which every block is one of entries that share nothing."""

    def __init__(self, checksum):
        self.checksum, self.content = checksum, b""

    def add_block(self, entries):
        """Returns the block's handle."""
        block, starts = b"", []
        for key, value in entries:
            starts.append(len(block))
            # How much of the key it shares with the one before, what remains of it, and the size of the value.
            block += varint(0) + varint(len(key)) + varint(len(value)) + key + value
        # Where entries start that share nothing; a block without entries has one such place too.
        block += b"".join(struct.pack("<I", start) for start in starts or [0]) + struct.pack("<I", len(starts or [0]))
        handle = varint(len(self.content)) + varint(len(block))
        block += b"\0"  # not compressed
        self.content += block + struct.pack("<I", self.checksum(block))
        return handle

    def finish(self, entries):
        """The bytes of the table of `entries`, which are sorted."""
        data = self.add_block(entries)
        metaindex = self.add_block([])
        index = self.add_block([(entries[-1][0], data)])
        return self.content + (metaindex + index).ljust(40, b"\0") + struct.pack("<Q", MAGIC)


class Bundle:
    """Writes PREFIX.data-00000-of-00001 and, when it is finished, PREFIX.index. `folder` is for what it needs itself."""

    def __init__(self, prefix, folder):
        self.prefix, self.checksum, self.entries, self.bytes = prefix, Checksum(folder), {}, 0
        self.file = open(f"{prefix}.data-00000-of-00001", "wb")

    def add(self, key, array):
        """Appends an array of f32."""
        entry = number(1, FLOAT) + message(2, make_shape(array.shape)) + number(4, self.bytes) + number(5, array.nbytes)
        entry += varint(6 << 3 | 5) + struct.pack("<I", self.checksum(array))
        self.entries[key.encode()] = entry
        self.file.write(array)
        self.bytes += array.nbytes

    def finish(self):
        self.file.close()
        # One file of data, written by version 1.
        header = number(1, 1) + message(3, number(1, 1))
        table = Table(self.checksum).finish([(b"", header), *sorted(self.entries.items())])
        Path(f"{self.prefix}.index").write_bytes(table)
