//===- RemarkPrinter.cpp - what optimizations say of themselves -----------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RemarkPrinter.h"

#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Remarks.h"

using namespace mlir;
using namespace graph_compile;

namespace {
/// As diagnostics, remarks come in the order of the functions that they are
/// about, even if passes run on these in parallel.
class RemarkPrinter : public remark::detail::MLIRRemarkStreamerBase {
public:
  void streamOptimizationRemark(const remark::detail::Remark &remark) override {
    InFlightDiagnostic diagnostic = emitRemark(remark.getLocation());
    for (const remark::detail::Remark::Arg &part : remark.getArgs())
      diagnostic << part.val;
    bool isMissed = remark.getRemarkType() == llvm::remarks::Type::Missed;
    diagnostic << (isMissed ? " [-Rpass-missed=" : " [-Rpass=")
               << remark.getCategoryName() << ']';
  }
};
} // namespace

void graph_compile::enableRemarks(MLIRContext &context, StringRef passed,
                                  StringRef missed) {
  if (passed.empty() && missed.empty())
    return;
  remark::RemarkCategories categories;
  if (!passed.empty())
    categories.passed = passed.str();
  if (!missed.empty())
    categories.missed = missed.str();
  // Fails for streamers that write files only.
  (void)remark::enableOptimizationRemarks(
      context, std::make_unique<RemarkPrinter>(),
      std::make_unique<remark::RemarkEmittingPolicyAll>(), categories);
}
