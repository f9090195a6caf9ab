// RUN: graph-opt %s -convert-graph-to-step -verify-linalg-stage -canonicalize -cse -split-input-file | FileCheck %s

// Transposes are in the maps.
// CHECK-DAG:   #[[A:.*]] = affine_map<(d0, d1, d2) -> (d2, d0)>
// CHECK-DAG:   #[[B:.*]] = affine_map<(d0, d1, d2) -> (d1, d2)>
// CHECK-DAG:   #[[C:.*]] = affine_map<(d0, d1, d2) -> (d0, d1)>
// CHECK-LABEL: func.func @transposed
// CHECK:       %[[ZERO:.*]] = linalg.fill
// CHECK:       linalg.generic {indexing_maps = [#[[A]], #[[B]], #[[C]]], iterator_types = ["parallel", "parallel", "reduction"]}
// CHECK-SAME:    ins(%arg0, %arg1 : tensor<8x?xf32>, tensor<4x8xf32>) outs(%[[ZERO]] : tensor<?x4xf32>)
// CHECK:         %[[PRODUCT:.*]] = arith.mulf
// CHECK:         arith.addf %{{.*}}, %[[PRODUCT]]
graph.func @transposed(%x: tensor<8x?xf32>, %w: tensor<4x8xf32>) -> tensor<?x4xf32> attributes {linear} {
  %0 = graph.matmul %x, %w {transpose_a, transpose_b} : (tensor<8x?xf32>, tensor<4x8xf32>) -> tensor<?x4xf32>
  graph.return %0 : tensor<?x4xf32>
}

// -----

// Batch dims that are repeated vanish from the operand.
// CHECK-DAG:   #[[A:.*]] = affine_map<(d0, d1, d2, d3) -> (d0, d1, d3)>
// CHECK-DAG:   #[[B:.*]] = affine_map<(d0, d1, d2, d3) -> (d3, d2)>
// CHECK-LABEL: func.func @repeated
// CHECK:       %[[W:.*]] = tensor.collapse_shape %arg1
// CHECK:       linalg.generic {indexing_maps = [#[[A]], #[[B]], #{{.*}}]
// CHECK-SAME:    ins(%arg0, %[[W]] : tensor<?x3x5xf32>, tensor<5x4xf32>)
graph.func @repeated(%x: tensor<?x3x5xf32>, %w: tensor<1x5x4xf32>) -> tensor<?x3x4xf32> attributes {linear} {
  %0 = graph.matmul %x, %w : (tensor<?x3x5xf32>, tensor<1x5x4xf32>) -> tensor<?x3x4xf32>
  graph.return %0 : tensor<?x3x4xf32>
}

// -----

// Open batch dims of which one may be 1 are made equal before the product.
// CHECK-LABEL: func.func @maybe_repeated
// CHECK:       %[[A:.*]] = linalg.generic
// CHECK:         tensor.extract %arg0
// CHECK:       %[[B:.*]] = linalg.generic
// CHECK:         tensor.extract %arg1
// CHECK:       linalg.generic
// CHECK-SAME:    "reduction"
// CHECK-SAME:    ins(%[[A]], %[[B]]
graph.func @maybe_repeated(%x: tensor<?x3x5xf32>, %w: tensor<?x5x4xf32>) -> tensor<?x3x4xf32> attributes {linear} {
  %0 = graph.matmul %x, %w : (tensor<?x3x5xf32>, tensor<?x5x4xf32>) -> tensor<?x3x4xf32>
  graph.return %0 : tensor<?x3x4xf32>
}

// -----

// CHECK-LABEL: func.func @narrow
// CHECK:       linalg.generic
// CHECK-SAME:    outs(%{{.*}} : tensor<2x4xf32>)
// CHECK:         arith.extf
// CHECK:         arith.extf
// CHECK:         arith.mulf
// CHECK:         arith.addf
// CHECK:       linalg.generic
// CHECK:         arith.truncf %{{.*}} : f32 to bf16
graph.func @narrow(%x: tensor<2x8xbf16>, %w: tensor<8x4xbf16>) -> tensor<2x4xbf16> attributes {linear} {
  %0 = graph.matmul %x, %w : (tensor<2x8xbf16>, tensor<8x4xbf16>) -> tensor<2x4xbf16>
  graph.return %0 : tensor<2x4xbf16>
}

// -----

// Integers wrap around.
// CHECK-LABEL: func.func @integers
// CHECK:         %[[PRODUCT:.*]] = arith.muli
// CHECK:         arith.addi %{{.*}}, %[[PRODUCT]] : i32
graph.func @integers(%x: tensor<2x8xi32>, %w: tensor<8x4xi32>) -> tensor<2x4xi32> attributes {linear} {
  %0 = graph.matmul %x, %w : (tensor<2x8xi32>, tensor<8x4xi32>) -> tensor<2x4xi32>
  graph.return %0 : tensor<2x4xi32>
}
