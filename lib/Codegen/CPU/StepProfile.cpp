//===- StepProfile.cpp - what profiles know of a step ---------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A mark says that a launch begins, and so that the one before it has ended:
// one for each launch is enough. What a step does between launches takes no
// time worth telling, but for prints.
//
//===----------------------------------------------------------------------===//

#include "StepLowering.h"

#include "graph-compile/Support/NodeLocation.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace graph_compile;
using namespace graph_compile::cpu;

/// GCRT_NO_LAUNCH.
static constexpr uint32_t kNoLaunch = 0xffffffff;

/// Calls gcrt_mark with `launch`, if the call is profiled.
void StepLowering::mark(uint32_t launch) {
  Type nothing = LLVM::LLVMVoidType::get(b.getContext());
  context.declare(b, "gcrt_mark", nothing, {pointer, b.getI32Type()});
  // Not kept from the start of the function: a comparison with memory is one
  // instruction, and needs no register from launch to launch.
  Value profile = LLVM::LoadOp::create(
      b, pointer, b.address(frame, b.getI64Type(), frame_field::Profile));
  Value null = LLVM::ZeroOp::create(b, pointer);
  Value isOff = LLVM::ICmpOp::create(b, LLVM::ICmpPredicate::eq, profile, null);
  Region &body = function.getBody();
  Block *marking = new Block, *rest = new Block;
  LLVM::CondBrOp::create(b, isOff, rest, ValueRange(), marking, ValueRange(),
                         std::pair<uint32_t, uint32_t>(2000, 1));
  body.getBlocks().insert(std::next(b.getInsertionBlock()->getIterator()),
                          rest);
  body.push_back(marking);
  {
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToEnd(marking);
    Value number = arith::ConstantOp::create(
        b, b.getI32IntegerAttr(static_cast<int32_t>(launch)));
    LLVM::CallOp::create(b, TypeRange(), "gcrt_mark",
                         ValueRange{frame, number});
    LLVM::BrOp::create(b, ValueRange(), rest);
  }
  current = rest;
  b.setInsertionPointToEnd(rest);
}

/// Marks that `op` begins, which is a launch or copy of `attributes`.
void StepLowering::markLaunch(Operation *op,
                              SmallVector<NamedAttribute> attributes) {
  llvm::SetVector<StringAttr> nodes;
  collectNodeNames(op->getLoc(), nodes);
  SmallVector<Attribute> names(nodes.begin(), nodes.end());
  attributes.push_back(b.getNamedAttr("nodes", b.getArrayAttr(names)));
  mark(context.launches.size());
  context.launches.push_back(b.getDictionaryAttr(attributes));
}

void StepLowering::markLaunch(step::LaunchOp launch) {
  if (!context.markLaunches)
    return;
  SmallVector<NamedAttribute> attributes = {
      b.getNamedAttr("kernel", b.getStringAttr(launch.getKernel()))};
  Operation *kernel = context.symbols.lookup(launch.getKernel());
  auto addFrom = [&](StringRef attribute, StringRef name) {
    if (Attribute value = kernel->getAttr(attribute))
      attributes.push_back(b.getNamedAttr(name, value));
  };
  addFrom(step::StepDialect::kKindAttr, "kind");
  addFrom(step::StepDialect::kFlopsAttr, "flops");
  addFrom(step::StepDialect::kBytesAttr, "bytes");
  markLaunch(launch, attributes);
}

void StepLowering::markCopy(memref::CopyOp copy) {
  if (!context.markLaunches)
    return;
  auto name = b.getStringAttr("copy");
  SmallVector<NamedAttribute> attributes = {
      b.getNamedAttr("kernel", name), b.getNamedAttr("kind", name),
      b.getNamedAttr("flops", b.getI64IntegerAttr(0))};
  auto type = cast<MemRefType>(copy.getSource().getType());
  if (type.hasStaticShape())
    attributes.push_back(b.getNamedAttr(
        "bytes", b.getI64IntegerAttr(2 * type.getNumElements() *
                                     getStorageBytes(type.getElementType()))));
  markLaunch(copy, attributes);
}

/// What comes now takes time, but is no launch.
void StepLowering::markOther() {
  if (context.markLaunches)
    mark(kNoLaunch);
}
