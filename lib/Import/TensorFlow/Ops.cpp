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
  registerComparisonOps(table);
  registerContractionOps(table);
  registerEffectOps(table);
  registerElementwiseOps(table);
  registerForwardingOps(table);
  registerGatherOps(table);
  registerGeneratorOps(table);
  registerJoiningOps(table);
  registerReductionOps(table);
  registerShapeOps(table);
  registerSlicingOps(table);
  registerTrainingOps(table);
  registerVariableOps(table);
}
