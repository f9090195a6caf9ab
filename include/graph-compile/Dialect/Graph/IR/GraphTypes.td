//===- GraphTypes.td - types of the graph dialect ----------*- tablegen -*-===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRAPH_COMPILE_DIALECT_GRAPH_IR_GRAPHTYPES_TD
#define GRAPH_COMPILE_DIALECT_GRAPH_IR_GRAPHTYPES_TD

include "graph-compile/Dialect/Graph/IR/GraphDialect.td"
include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/CommonTypeConstraints.td"

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

def Graph_Token : TypeDef<Graph_Dialect, "Token"> {
  let mnemonic = "token";
  let summary = "stands for an effect that has happened";
  let description = [{
    Carries no data. An effect that lists a token in its `after(..)` happens
    after whatever gave the token. No token is left after linearization.
  }];
}

def Graph_UntypedList : TypeDef<Graph_Dialect, "UntypedList"> {
  let mnemonic = "untyped_list";
  let summary = "a list whose elements have no known shape yet";
  let description = [{
    Stands for a list while its graph is imported, until the first element is met: from
    then on it is a tensor, as every list. `elementType` is that of the
    elements; `none` for a list of lists.
  }];
  let parameters = (ins "::mlir::Type":$elementType);
  let assemblyFormat = "`<` $elementType `>`";
}

//===----------------------------------------------------------------------===//
// Element types
//===----------------------------------------------------------------------===//

defvar graphFloats = [F64, F32, F16, BF16];
defvar graphSigned = [I64, I32, I16, I8];
defvar graphUnsigned = [UI64, UI32, UI16, UI8];
defvar graphInts = !listconcat(graphSigned, graphUnsigned);
defvar graphNumbers = !listconcat(graphFloats, graphInts);

def Graph_ElementType
    : AnyTypeOf<!listconcat(graphNumbers, [I1]),
                "element type of the graph dialect">;
def Graph_ShapeElementType : AnyTypeOf<[I32, I64], "i32 or i64">;

//===----------------------------------------------------------------------===//
// Tensors
//===----------------------------------------------------------------------===//

/// A ranked tensor, named in errors by `text`.
class Graph_TensorOf<list<Type> elements, string text, list<Pred> preds = []>
    : RankedTensorOf<elements, preds> {
  let summary = text;
}

def Graph_Tensor
    : Graph_TensorOf<!listconcat(graphNumbers, [I1]),
                     "ranked tensor of floats, integers or booleans">;
def Graph_NumberTensor
    : Graph_TensorOf<graphNumbers, "ranked tensor of floats or integers">;
def Graph_SignedTensor
    : Graph_TensorOf<!listconcat(graphFloats, graphSigned),
                     "ranked tensor of floats or signed integers">;
def Graph_FloatTensor : Graph_TensorOf<graphFloats, "ranked tensor of floats">;
def Graph_SignedIntTensor
    : Graph_TensorOf<graphSigned, "ranked tensor of signed integers">;
def Graph_IntTensor : Graph_TensorOf<graphInts, "ranked tensor of integers">;
def Graph_BitsTensor
    : Graph_TensorOf<!listconcat(graphInts, [I1]),
                     "ranked tensor of integers or booleans">;
def Graph_BoolTensor : Graph_TensorOf<[I1], "ranked tensor of booleans">;

/// Positions and sizes.
def Graph_IndexTensor
    : Graph_TensorOf<[I32, I64], "ranked tensor of i32 or i64">;
def Graph_IndexScalar
    : Graph_TensorOf<[I32, I64], "scalar tensor of i32 or i64",
                     [HasAnyRankOfPred<[0]>]>;
/// How many sizes there are is always known, so that ranks are.
def Graph_IndexVector
    : Graph_TensorOf<[I32, I64], "vector of i32 or i64 of static length",
                     [HasAnyRankOfPred<[1]>, HasStaticShapePred]>;

def Graph_Scalar
    : Graph_TensorOf<!listconcat(graphNumbers, [I1]), "scalar tensor",
                     [HasAnyRankOfPred<[0]>]>;
def Graph_NumberScalar
    : Graph_TensorOf<graphNumbers, "scalar tensor of floats or integers",
                     [HasAnyRankOfPred<[0]>]>;

/// A scalar tensor of one type, which the text form leaves out.
class Graph_ScalarOf<int width>
    : Type<And<[IsRankedTensorTypePred, HasAnyRankOfPred<[0]>,
                CPred<"::llvm::cast<::mlir::RankedTensorType>($_self)"
                      ".getElementType().isSignlessInteger(" # width # ")">]>,
           "scalar tensor of i" # width, "::mlir::RankedTensorType">,
      BuildableType<"::mlir::RankedTensorType::get({}, "
                    "$_builder.getIntegerType(" # width # "))">;

def Graph_BoolScalar : Graph_ScalarOf<1>;
def Graph_Int32Scalar : Graph_ScalarOf<32>;

#endif // GRAPH_COMPILE_DIALECT_GRAPH_IR_GRAPHTYPES_TD
