//===- GraphContractionOps.td - matrix products ------------*- tablegen -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_DIALECT_GRAPH_IR_GRAPHCONTRACTIONOPS_TD
#define GRAPH_COMPILE_DIALECT_GRAPH_IR_GRAPHCONTRACTIONOPS_TD

include "graph-compile/Dialect/Graph/IR/GraphOpBase.td"

def Graph_MatmulOp : Graph_PureOp<"matmul"> {
  let summary = "product of matrices";
  let description = [{
    Multiplies the matrices in the last two dims of `a` and `b`; `transpose_a` and
    `transpose_b` swap these two dims first. The dims before them are batch dims and
    broadcast. Products are added in any order; f16 and bf16 are added in f32.
    Integers wrap around. If the contracted dim is empty, the result is 0. Open
    contracted sizes that differ at run time are for `graph.check_dims` to find.

    Constraints:
    - C1: `a` and `b` have the same element type.
    - C2: `a` and `b` have at least two dims.
    - C3: the contracted static sizes are equal.
    - C4: the batch dims broadcast.
    - C5: the result's type is compatible with the shape of the product.

    Example:

    ```mlir
    graph.func @dense(%x: tensor<?x8xf32>, %w: tensor<4x8xf32>) -> tensor<?x4xf32> {
      %y = graph.matmul %x, %w {transpose_b} : (tensor<?x8xf32>, tensor<4x8xf32>) -> tensor<?x4xf32>
      graph.return %y : tensor<?x4xf32>
    }
    ```

    Source: TensorFlow `MatMul`, `BatchMatMul`, `BatchMatMulV2`, `BatchMatMulV3`.
  }];
  let arguments = (ins Graph_NumberTensor:$a, Graph_NumberTensor:$b,
                       UnitAttr:$transpose_a, UnitAttr:$transpose_b);
  let results = (outs Graph_NumberTensor:$result);
  let assemblyFormat = [{
    $a `,` $b attr-dict `:` functional-type(operands, results)
  }];
}

#endif // GRAPH_COMPILE_DIALECT_GRAPH_IR_GRAPHCONTRACTIONOPS_TD
