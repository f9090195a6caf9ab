//===- VerifyLinear.cpp - check the end of the stage linearize ------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "graph-compile/Dialect/Graph/IR/GraphOps.h"
#include "graph-compile/Dialect/Graph/Transforms/Passes.h"

namespace graph_compile {
#define GEN_PASS_DEF_VERIFYLINEAR
#include "graph-compile/Dialect/Graph/Transforms/Passes.h.inc"
} // namespace graph_compile

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::graph;

static bool touchesToken(Operation *op) {
  auto isToken = [](Type type) { return isa<TokenType>(type); };
  return llvm::any_of(op->getOperandTypes(), isToken) ||
         llvm::any_of(op->getResultTypes(), isToken);
}

namespace {
struct VerifyLinear : graph_compile::impl::VerifyLinearBase<VerifyLinear> {
  void runOnOperation() override {
    FuncOp function = getOperation();
    if (!function.isDeclaration() && !function.getLinear()) {
      function.emitOpError("expects the attribute 'linear' after the stage "
                           "'linearize'; run graph-linearize first");
      return signalPassFailure();
    }
    WalkResult result = function.walk([](Operation *op) {
      if (!touchesToken(op))
        return WalkResult::advance();
      op->emitOpError("expects no control token after the stage 'linearize'");
      return WalkResult::interrupt();
    });
    if (result.wasInterrupted())
      return signalPassFailure();
    markAllAnalysesPreserved();
  }
};
} // namespace
