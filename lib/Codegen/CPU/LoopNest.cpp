//===- LoopNest.cpp - loops and strides of a linalg operation -------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions. SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LoopNest.h"
#include "KernelEmitter.h"

#include "mlir/IR/AffineExpr.h"

using namespace mlir;

namespace graph_compile::cpu {

Product Product::operator*(const Product &other) const {
  Product result;
  result.factor = factor * other.factor;
  if (result.factor == 0)
    return result;
  llvm::append_range(result.sizes, sizes);
  llvm::append_range(result.sizes, other.sizes);
  llvm::sort(result.sizes);
  return result;
}

//===----------------------------------------------------------------------===//
// Analysis
//===----------------------------------------------------------------------===//

/// Adds `scale` times `expr` to the coefficients of its dims and to `constant`.
/// Fails if `expr` is not a sum of dims times constants.
static LogicalResult addLinear(AffineExpr expr, int64_t scale,
                               MutableArrayRef<int64_t> coefficients,
                               int64_t &constant) {
  if (auto dim = dyn_cast<AffineDimExpr>(expr)) {
    coefficients[dim.getPosition()] += scale;
    return success();
  }
  if (auto value = dyn_cast<AffineConstantExpr>(expr)) {
    constant += scale * value.getValue();
    return success();
  }
  auto binary = dyn_cast<AffineBinaryOpExpr>(expr);
  if (!binary)
    return failure();
  if (binary.getKind() == AffineExprKind::Add)
    return success(
        succeeded(addLinear(binary.getLHS(), scale, coefficients, constant)) &&
        succeeded(addLinear(binary.getRHS(), scale, coefficients, constant)));
  if (binary.getKind() != AffineExprKind::Mul)
    return failure();
  // A constant factor stands on the right.
  auto factor = dyn_cast<AffineConstantExpr>(binary.getRHS());
  if (!factor)
    return failure();
  return addLinear(binary.getLHS(), scale * factor.getValue(), coefficients,
                   constant);
}

Product LoopNest::getProduct(Value size) {
  if (std::optional<int64_t> known = getConstant(size))
    return {*known, {}};
  auto *known = llvm::find(sizes, size);
  unsigned number = known - sizes.begin();
  if (known == sizes.end())
    sizes.push_back(size);
  return {1, {number}};
}

/// The size of loop `dim`: that of any operand which it walks element by
/// element. Null if there is none.
static Value findLoopSize(KernelEmitter &emitter, linalg::LinalgOp op,
                          unsigned dim) {
  for (OpOperand &operand : op->getOpOperands()) {
    AffineMap map = op.getMatchingIndexingMap(&operand);
    for (auto [position, expr] : llvm::enumerate(map.getResults())) {
      auto dimExpr = dyn_cast<AffineDimExpr>(expr);
      if (dimExpr && dimExpr.getPosition() == dim)
        return emitter.getPlace(operand.get()).sizes[position];
    }
  }
  return {};
}

LogicalResult LoopNest::addAccess(KernelEmitter &emitter, Value operand,
                                  AffineMap map, ArrayRef<unsigned> loopOfDim) {
  CodeBuilder &b = emitter.b;
  Access access;
  access.elementType = getElementTypeOrSelf(operand);
  access.strides.assign(loops.size(), Product::zero());
  auto type = dyn_cast<MemRefType>(operand.getType());
  if (!type) {
    access.scalar = emitter.getScalar(operand);
    accesses.push_back(access);
    return success();
  }

  const Place &place = emitter.getPlace(operand);
  access.base = place.base;
  access.start = b.constant(0);
  Product stride;
  for (unsigned position = map.getNumResults(); position-- > 0;) {
    AffineExpr expr = map.getResult(position);
    SmallVector<int64_t> coefficients(loopOfDim.size(), 0);
    int64_t constant = 0;
    if (failed(addLinear(expr, 1, coefficients, constant)))
      return failure();
    for (auto [dim, coefficient] : llvm::enumerate(coefficients)) {
      if (coefficient == 0)
        continue;
      // A diagonal has two strides in one loop, whose sum is no product.
      Product &inLoop = access.strides[loopOfDim[dim]];
      if (!inLoop.isZero())
        return failure();
      inLoop = stride * Product{coefficient, {}};
    }
    if (constant != 0)
      access.start = b.add(access.start,
                           b.mul(b.constant(constant), materialize(b, stride)));
    // The size by the name of the loop that walks it, so that strides of
    // different operands compare equal.
    auto dimExpr = dyn_cast<AffineDimExpr>(expr);
    if (!type.isDynamicDim(position))
      stride = stride * Product{type.getDimSize(position), {}};
    else if (dimExpr)
      stride = stride * loops[loopOfDim[dimExpr.getPosition()]].size;
    else
      stride = stride * getProduct(place.sizes[position]);
  }
  accesses.push_back(access);
  return success();
}

FailureOr<LoopNest> LoopNest::get(KernelEmitter &emitter, linalg::LinalgOp op) {
  LoopNest nest;
  SmallVector<int64_t> staticSizes = op.getStaticLoopRanges();
  for (auto [dim, kind] : llvm::enumerate(op.getIteratorTypesArray())) {
    Loop loop;
    loop.dim = dim;
    loop.isParallel = kind == utils::IteratorType::parallel;
    if (!ShapedType::isDynamic(staticSizes[dim])) {
      loop.size = {staticSizes[dim], {}};
    } else {
      Value size = findLoopSize(emitter, op, dim);
      if (!size)
        return failure();
      loop.size = nest.getProduct(size);
    }
    nest.loops.push_back(loop);
  }
  auto loopOfDim = llvm::to_vector(llvm::seq<unsigned>(0, nest.loops.size()));
  for (OpOperand &operand : op->getOpOperands())
    if (failed(nest.addAccess(emitter, operand.get(),
                              op.getMatchingIndexingMap(&operand), loopOfDim)))
      return failure();
  return nest;
}

//===----------------------------------------------------------------------===//
// Changes
//===----------------------------------------------------------------------===//

Value LoopNest::materialize(CodeBuilder &b, const Product &product) const {
  Value value = b.constant(product.factor);
  for (unsigned size : product.sizes)
    value = b.mul(value, sizes[size]);
  return value;
}

Product LoopNest::getSize(unsigned begin, unsigned end) const {
  Product size;
  for (unsigned loop = begin; loop != end; ++loop)
    size = size * loops[loop].size;
  return size;
}

void LoopNest::reorder(ArrayRef<unsigned> order) {
  SmallVector<Loop, 4> newLoops;
  for (unsigned loop : order)
    newLoops.push_back(loops[loop]);
  loops = std::move(newLoops);
  for (Access &access : accesses) {
    SmallVector<Product, 4> strides;
    for (unsigned loop : order)
      strides.push_back(access.strides[loop]);
    access.strides = std::move(strides);
  }
}

void LoopNest::removeLoop(unsigned loop) {
  loops.erase(loops.begin() + loop);
  for (Access &access : accesses)
    access.strides.erase(access.strides.begin() + loop);
}

void LoopNest::simplify() {
  for (unsigned loop = loops.size(); loop-- > 0;)
    if (loops[loop].size.isOne())
      removeLoop(loop);
  for (unsigned inner = loops.size(); inner-- > 1;) {
    unsigned outer = inner - 1;
    if (loops[outer].isParallel != loops[inner].isParallel)
      continue;
    bool isOneWalk = llvm::all_of(accesses, [&](const Access &access) {
      return access.strides[outer] == access.strides[inner] * loops[inner].size;
    });
    if (!isOneWalk)
      continue;
    loops[inner].size = loops[outer].size * loops[inner].size;
    removeLoop(outer);
  }
}

/// Appends the dims of `map`, in order, whose kind is `parallel`.
static void appendDims(const LoopNest &nest, AffineMap map, bool parallel,
                       SmallVectorImpl<unsigned> &order) {
  for (AffineExpr expr : map.getResults())
    expr.walk([&](AffineExpr part) {
      auto dim = dyn_cast<AffineDimExpr>(part);
      if (dim && nest.loops[dim.getPosition()].isParallel == parallel &&
          !llvm::is_contained(order, dim.getPosition()))
        order.push_back(dim.getPosition());
    });
}

SmallVector<unsigned> getLoopOrder(const LoopNest &nest, AffineMap parallelMap,
                                   AffineMap reductionMap) {
  SmallVector<unsigned> order;
  appendDims(nest, parallelMap, /*parallel=*/true, order);
  for (auto [dim, loop] : llvm::enumerate(nest.loops))
    if (loop.isParallel && !llvm::is_contained(order, dim))
      order.push_back(dim);
  appendDims(nest, reductionMap, /*parallel=*/false, order);
  for (auto [dim, loop] : llvm::enumerate(nest.loops))
    if (!llvm::is_contained(order, dim))
      order.push_back(dim);
  return order;
}

} // namespace graph_compile::cpu
