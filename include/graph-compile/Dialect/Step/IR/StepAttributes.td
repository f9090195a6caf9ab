//===- StepAttributes.td - attributes of the step dialect -*- tablegen -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_DIALECT_STEP_IR_STEPATTRIBUTES_TD
#define GRAPH_COMPILE_DIALECT_STEP_IR_STEPATTRIBUTES_TD

include "graph-compile/Dialect/Step/IR/StepDialect.td"
include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/BuiltinAttributeInterfaces.td"

def Step_PanelsAttr : AttrDef<Step_Dialect, "Panels", [ElementsAttrInterface]> {
  let mnemonic = "panels";
  let summary = "a constant, laid out in panels";
  let description = [{
    The elements of `source` in the order in which a kernel streams them:
    dimension `dim` is cut into panels of `width` neighbours, which come first;
    then follow the other dimensions, in their order, and last the place in the
    panel. What the last panel has too much is zero. A matrix of k rows and n
    columns, in panels of its columns (`dim` = 1), has the shape
    ceil(n / width) x k x width: element (i, j) is at (j / width, i, j % width).

    It only says where elements go: the data stays with `source`, of whatever
    size, until the weights are written.

    C1: `source` has a fixed shape of which `dim` is a dimension.
    C2: `width` is positive.
    C3: the type is the shape above, of the same elements.

    Example:

    ```mlir
    #step.panels<dense<1.0> : tensor<3x40xf32>, dim = 1, width = 32> : tensor<2x3x32xf32>
    ```
  }];
  let parameters = (ins "::mlir::ElementsAttr":$source, "int64_t":$dim,
                        "int64_t":$width,
                        AttributeSelfTypeParameter<"", "::mlir::RankedTensorType">:$type);
  let builders = [
    AttrBuilderWithInferredContext<(ins "::mlir::ElementsAttr":$source,
                                        "int64_t":$dim, "int64_t":$width), [{
      return $_get(source.getContext(), source, dim, width,
                   getPanelsType(source.getShapedType(), dim, width));
    }]>
  ];
  let assemblyFormat = "`<` $source `,` `dim` `=` $dim `,` `width` `=` $width `>`";
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    /// The type of a constant of type `source` in panels.
    static ::mlir::RankedTensorType
    getPanelsType(::mlir::ShapedType source, int64_t dim, int64_t width);
  }];
}

#endif // GRAPH_COMPILE_DIALECT_STEP_IR_STEPATTRIBUTES_TD
