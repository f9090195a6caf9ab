//===- graph-opt.cpp - runs passes on a file, for tests -------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graph-compile/Codegen/CPU/Passes.h"
#include "graph-compile/Codegen/Common/Passes.h"
#include "graph-compile/Conversion/GraphToStep/Passes.h"
#include "graph-compile/Dialect/Graph/Transforms/Passes.h"
#include "graph-compile/Pipelines/Pipelines.h"

#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "mlir/Transforms/Passes.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  mlir::registerAllDialects(registry);
  mlir::registerAllExtensions(registry);
  graph_compile::registerPipelineDialects(registry);

  mlir::registerTransformsPasses();
  graph_compile::registerGraphTransformsPasses();
  graph_compile::registerGraphToStepPasses();
  graph_compile::registerCodegenCommonPasses();
  graph_compile::registerCodegenCPUPasses();
  graph_compile::registerCpuCodegenPipeline();

  return mlir::asMainReturnCode(
      mlir::MlirOptMain(argc, argv, "graph-compile's pass driver\n", registry));
}
