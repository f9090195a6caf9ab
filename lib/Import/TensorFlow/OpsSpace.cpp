//===- OpsSpace.cpp - space, depth and batch exchanged --------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "OpFamilies.h"
#include "PureOps.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::tensorflow;

void tensorflow::registerSpaceOps(OpTable &table) {}
