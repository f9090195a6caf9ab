//===- Ops.cpp - all families of TensorFlow's ops -------------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "OpFamilies.h"

using namespace graph_compile;
using namespace graph_compile::tensorflow;

void tensorflow::registerOpFamilies(OpTable &table) {
  registerActivationOps(table);
  registerBitsOps(table);
  registerComparisonOps(table);
  registerContractionOps(table);
  registerConvolutionOps(table);
  registerDiagonalOps(table);
  registerEffectOps(table);
  registerEinsumOps(table);
  registerElementwiseOps(table);
  registerForwardingOps(table);
  registerGatherOps(table);
  registerGeneratorOps(table);
  registerImageOps(table);
  registerJoiningOps(table);
  registerLinearAlgebraOps(table);
  registerPartitionOps(table);
  registerPoolingOps(table);
  registerQuantizationOps(table);
  registerReductionOps(table);
  registerScanOps(table);
  registerScatterOps(table);
  registerSegmentOps(table);
  registerShapeOps(table);
  registerSlicingOps(table);
  registerSpaceOps(table);
  registerTrainingOps(table);
  registerVariableOps(table);
}
