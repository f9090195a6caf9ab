// RUN: graph-compile %s -c -o %t.o
// RUN: %python -c "import os, sys; print('small' if os.path.getsize(sys.argv[1]) < 100000 else 'large')" %t.o | FileCheck %s
// RUN: graph-compile %s -o %t.program
// RUN: %t.program --output v=%t.v.npy
// RUN: %python -c "import numpy, sys; v = numpy.load(sys.argv[1]); print(v.shape, v.any())" %t.v.npy | FileCheck %s --check-prefix=VALUE

// Four million zero bytes take no place in the object.
// CHECK: small
// VALUE: (1000000,) False

graph.variable @v : tensor<1000000xf32> = dense<0.0> : tensor<1000000xf32>
graph.func @main() -> (tensor<1000000xf32> {graph.name = "v"}) {
  %v, %t = graph.read @v : tensor<1000000xf32>
  graph.return %v after(%t) : tensor<1000000xf32>
}
