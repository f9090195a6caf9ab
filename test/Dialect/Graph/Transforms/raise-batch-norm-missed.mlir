// RUN: graph-opt %s -graph-raise-batch-norm --mlir-print-op-generic -o %t --remark-format=emitRemark --remarks-filter-missed=raise 2>&1 | FileCheck %s
// RUN: FileCheck %s --check-prefix=RAISED --input-file=%t

// What is no batch norm with given statistics stays, and what looks like one says why.
// RAISED-NOT: graph.batch_norm

// CHECK-NOT:  remark:
// CHECK:      remark: {{.*}}training{{.*}}takes its statistics from the batch, as in training
graph.func @training(%x: tensor<8x4xf32>) -> tensor<8x4xf32> {
  %m = graph.reduce mean %x {axes = array<i64: 0>} : (tensor<8x4xf32>) -> tensor<4xf32>
  %0 = graph.sub %x, %m : (tensor<8x4xf32>, tensor<4xf32>) -> tensor<8x4xf32>
  %1 = graph.mul %0, %0 : tensor<8x4xf32>
  %v = graph.reduce mean %1 {axes = array<i64: 0>} : (tensor<8x4xf32>) -> tensor<4xf32>
  %2 = graph.rsqrt %v : tensor<4xf32>
  %3 = graph.mul %x, %2 : (tensor<8x4xf32>, tensor<4xf32>) -> tensor<8x4xf32>
  %4 = graph.mul %m, %2 : tensor<4xf32>
  %5 = graph.sub %3, %4 : (tensor<8x4xf32>, tensor<4xf32>) -> tensor<8x4xf32>
  graph.return %5 : tensor<8x4xf32>
}

// A layer norm normalizes rows and says nothing.
// CHECK-NOT:  remark: {{.*}}layer_norm
graph.func @layer_norm(%x: tensor<8x4xf32>) -> tensor<8x4xf32> {
  %m = graph.reduce mean %x {axes = array<i64: 1>, keep_dims} : (tensor<8x4xf32>) -> tensor<8x1xf32>
  %0 = graph.sub %x, %m : (tensor<8x4xf32>, tensor<8x1xf32>) -> tensor<8x4xf32>
  %1 = graph.abs %0 : tensor<8x4xf32>
  %v = graph.reduce mean %1 {axes = array<i64: 1>, keep_dims} : (tensor<8x4xf32>) -> tensor<8x1xf32>
  %2 = graph.rsqrt %v : tensor<8x1xf32>
  %3 = graph.mul %x, %2 : (tensor<8x4xf32>, tensor<8x1xf32>) -> tensor<8x4xf32>
  %4 = graph.mul %m, %2 : tensor<8x1xf32>
  %5 = graph.sub %3, %4 : (tensor<8x4xf32>, tensor<8x1xf32>) -> tensor<8x4xf32>
  graph.return %5 : tensor<8x4xf32>
}

// CHECK:      remark: {{.*}}used_between{{.*}}what node "centered" gives on the way has other users
graph.func @used_between(%x: tensor<?x4xf32>, %m: tensor<4xf32>, %v: tensor<4xf32>) -> (tensor<?x4xf32>, tensor<?x4xf32>) {
  %0 = graph.sub %x, %m : (tensor<?x4xf32>, tensor<4xf32>) -> tensor<?x4xf32> loc("centered")
  %1 = graph.rsqrt %v : tensor<4xf32>
  %2 = graph.mul %0, %1 : (tensor<?x4xf32>, tensor<4xf32>) -> tensor<?x4xf32>
  graph.return %0, %2 : tensor<?x4xf32>, tensor<?x4xf32>
}

// CHECK:      remark: {{.*}}no_mean{{.*}}no mean is taken off before the scaling
graph.func @no_mean(%x: tensor<?x4xf32>, %b: tensor<4xf32>, %v: tensor<4xf32>) -> tensor<?x4xf32> {
  %0 = graph.rsqrt %v : tensor<4xf32>
  %1 = graph.mul %x, %0 : (tensor<?x4xf32>, tensor<4xf32>) -> tensor<?x4xf32>
  %2 = graph.add %1, %b : (tensor<?x4xf32>, tensor<4xf32>) -> tensor<?x4xf32>
  graph.return %2 : tensor<?x4xf32>
}

// CHECK:      remark: {{.*}}two_dims{{.*}}its vectors lie along dims 1 and 2
graph.func @two_dims(%x: tensor<?x4x5xf32>, %m: tensor<4x1xf32>, %v: tensor<5xf32>) -> tensor<?x4x5xf32> {
  %0 = graph.sub %x, %m : (tensor<?x4x5xf32>, tensor<4x1xf32>) -> tensor<?x4x5xf32>
  %1 = graph.rsqrt %v : tensor<5xf32>
  %2 = graph.mul %0, %1 : (tensor<?x4x5xf32>, tensor<5xf32>) -> tensor<?x4x5xf32>
  graph.return %2 : tensor<?x4x5xf32>
}

// The gradient of a norm is scaled only, and is none.
// CHECK-NOT:  remark:
graph.func @gradient(%dy: tensor<?x4xf32>, %g: tensor<4xf32>, %v: tensor<4xf32>) -> tensor<?x4xf32> {
  %0 = graph.rsqrt %v : tensor<4xf32>
  %1 = graph.mul %g, %0 : tensor<4xf32>
  %2 = graph.mul %dy, %1 : (tensor<?x4xf32>, tensor<4xf32>) -> tensor<?x4xf32>
  graph.return %2 : tensor<?x4xf32>
}
