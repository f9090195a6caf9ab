//===- graph-opt.cpp - runs passes on a file, for tests -------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "mlir/Transforms/Passes.h"

#include "graph-compile/Dialect/Step/IR/Step.h"
#if __has_include("graph-compile/Dialect/Graph/IR/Graph.h") && defined(HAVE_GRAPH)
#include "graph-compile/Dialect/Graph/IR/Graph.h"
#endif
#if __has_include("graph-compile/Dialect/Graph/Transforms/Passes.h") && defined(HAVE_GRAPH_TRANSFORMS)
#include "graph-compile/Dialect/Graph/Transforms/Passes.h"
#endif
#if __has_include("graph-compile/Conversion/GraphToStep/Passes.h") && defined(HAVE_GRAPHTOSTEP)
#include "graph-compile/Conversion/GraphToStep/Passes.h"
#endif
#if __has_include("graph-compile/Codegen/Common/Passes.h") && defined(HAVE_CODEGEN_COMMON)
#include "graph-compile/Codegen/Common/Passes.h"
#endif
#if __has_include("graph-compile/Codegen/CPU/Passes.h") && defined(HAVE_CODEGEN_CPU)
#include "graph-compile/Codegen/CPU/Passes.h"
#endif

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  mlir::registerAllDialects(registry);
  mlir::registerAllExtensions(registry);
  registry.insert<graph_compile::step::StepDialect>();
#ifdef HAVE_GRAPH
  registry.insert<graph_compile::graph::GraphDialect>();
#endif
  mlir::registerTransformsPasses();
#ifdef HAVE_GRAPH_TRANSFORMS
  graph_compile::registerGraphTransformsPasses();
#endif
#ifdef HAVE_GRAPHTOSTEP
  graph_compile::registerGraphToStepPasses();
#endif
#ifdef HAVE_CODEGEN_COMMON
  graph_compile::registerCodegenCommonPasses();
#endif
#ifdef HAVE_CODEGEN_CPU
  graph_compile::registerCodegenCPUPasses();
  graph_compile::registerCpuCodegenPipeline();
#endif
  return mlir::asMainReturnCode(mlir::MlirOptMain(
      argc, argv, "graph-compile's pass driver\n", registry));
}
