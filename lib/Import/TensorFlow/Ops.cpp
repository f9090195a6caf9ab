//===- Ops.cpp - all families of TensorFlow's ops -------------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "OpFamilies.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;

namespace {
struct Family {
  StringLiteral title;
  void (*registerOps)(OpTable &);
};
} // namespace

static constexpr Family families[] = {
    {"Activations", registerActivationOps},
    {"Batch normalization", registerBatchNormOps},
    {"Bits", registerBitsOps},
    {"Comparisons, logic, selection", registerComparisonOps},
    {"Matrix products", registerContractionOps},
    {"Conditionals, loops", registerControlFlowOps},
    {"Convolutions", registerConvolutionOps},
    {"Crops of images", registerCropOps},
    {"Diagonals", registerDiagonalOps},
    {"Assertions, prints, numeric checks", registerEffectOps},
    {"Einstein sums", registerEinsumOps},
    {"Arithmetic and elementary functions", registerElementwiseOps},
    {"Control flow of TensorFlow 1", registerFlatControlFlowOps},
    {"Forwarding", registerForwardingOps},
    {"Lookups", registerGatherOps},
    {"Tensors from sizes", registerGeneratorOps},
    {"Gradients of activations, losses", registerGradientOps},
    {"Colors of images", registerImageOps},
    {"Joining, cutting, repeating, padding", registerJoiningOps},
    {"Linear algebra", registerLinearAlgebraOps},
    {"Optional values", registerOptionalOps},
    {"Orthogonal factors", registerOrthogonalOps},
    {"Partitions, unique elements", registerPartitionOps},
    {"Pools, local normalization", registerPoolingOps},
    {"Quantization", registerQuantizationOps},
    {"Queues", registerQueueOps},
    {"Random numbers", registerRandomOps},
    {"Random samples, shuffles", registerRandomSampleOps},
    {"Reductions, greatest elements", registerReductionOps},
    {"Resizing", registerResizeOps},
    {"Running sums, order", registerScanOps},
    {"Scattering", registerScatterOps},
    {"Segments", registerSegmentOps},
    {"Shapes", registerShapeOps},
    {"Slices", registerSlicingOps},
    {"Space, depth, batch", registerSpaceOps},
    {"Optimizers at some rows", registerSparseTrainingOps},
    {"Special functions", registerSpecialOps},
    {"Optimizers", registerTrainingOps},
    {"Scattered updates of variables", registerVariableScatterOps},
    {"Lists", registerTensorListOps},
    {"Arrays", registerTensorArrayOps},
    {"Stacks", registerStackOps},
    {"Variables", registerVariableOps},
};

void tensorflow::registerOpFamilies(OpTable &table) {
  for (const Family &family : families) {
    table.beginFamily(family.title);
    family.registerOps(table);
  }
}
