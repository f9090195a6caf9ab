"""npy.py FILE VALUE.. writes a float32 array; npy.py FILE prints one."""

import sys

import numpy

if len(sys.argv) > 2:
    numpy.save(sys.argv[1], numpy.array(sys.argv[2:], numpy.float32))
else:
    print(numpy.load(sys.argv[1]))
