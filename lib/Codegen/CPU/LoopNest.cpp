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

/// The dim and divisor of `dim floordiv c` or `dim mod c`.
static std::optional<std::pair<unsigned, int64_t>>
matchPanels(AffineExpr expr, AffineExprKind kind) {
  auto binary = dyn_cast<AffineBinaryOpExpr>(expr);
  if (!binary || binary.getKind() != kind)
    return std::nullopt;
  auto dim = dyn_cast<AffineDimExpr>(binary.getLHS());
  auto width = dyn_cast<AffineConstantExpr>(binary.getRHS());
  if (!dim || !width)
    return std::nullopt;
  return std::make_pair(dim.getPosition(), width.getValue());
}

/// Takes the first and the last dimension of an operand in panels, which is of
/// type `type`: what is left is a sum of dims. Nothing if `map` is not so.
static std::optional<Panels> takePanels(MemRefType type, AffineMap &map,
                                        ArrayRef<unsigned> loopOfDim) {
  if (map.getNumResults() < 2 || !type.hasStaticShape())
    return std::nullopt;
  auto panel = matchPanels(map.getResult(0), AffineExprKind::FloorDiv);
  auto place = matchPanels(map.getResults().back(), AffineExprKind::Mod);
  if (!panel || !place || *panel != *place ||
      type.getShape().back() != place->second)
    return std::nullopt;
  AffineMap rest = map.getSliceMap(1, map.getNumResults() - 2);
  if (rest.isFunctionOfDim(panel->first))
    return std::nullopt;
  map = rest;
  int64_t stride = 1;
  for (int64_t size : type.getShape().drop_front())
    stride *= size;
  return Panels{loopOfDim[panel->first], place->second, {stride, {}}};
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

/// Adds the window that a dimension with zeros around it is read in.
LogicalResult LoopNest::addWindow(Access &access, const ZeroBorder &border,
                                  ArrayRef<int64_t> coefficients,
                                  ArrayRef<unsigned> loopOfDim) {
  std::optional<unsigned> dims[2]; // of a parallel loop and a reduction loop
  for (auto [dim, coefficient] : llvm::enumerate(coefficients)) {
    if (coefficient == 0)
      continue;
    std::optional<unsigned> &known =
        dims[loops[loopOfDim[dim]].isParallel ? 0 : 1];
    if (known || coefficient < 0)
      return failure();
    known = dim;
  }
  if (!dims[0] || !dims[1])
    return failure();
  access.windows.push_back({loopOfDim[*dims[0]], loopOfDim[*dims[1]],
                            coefficients[*dims[0]], coefficients[*dims[1]],
                            border.before, border.size});
  return success();
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
  unsigned firstDim = 0;
  access.panels = takePanels(type, map, loopOfDim);
  if (access.panels) {
    access.strides[access.panels->loop] = stride;
    stride = {access.panels->width, {}};
    firstDim = 1;
  }
  for (unsigned result = map.getNumResults(); result-- > 0;) {
    AffineExpr expr = map.getResult(result);
    unsigned position = firstDim + result;
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
    const ZeroBorder *border = place.getBorder(position);
    if (border && (constant != 0 ||
                   failed(addWindow(access, *border, coefficients, loopOfDim))))
      return failure();
    if (constant != 0)
      access.start = b.add(access.start,
                           b.mul(b.constant(constant), materialize(b, stride)));
    if (border)
      access.start =
          b.sub(access.start, b.mul(border->before, materialize(b, stride)));
    // The size by the name of the loop that walks it, so that strides of
    // different operands compare equal.
    auto dimExpr = dyn_cast<AffineDimExpr>(expr);
    if (border)
      stride = stride * getProduct(border->size);
    else if (!type.isDynamicDim(position))
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

bool LoopNest::hasPanels() const {
  return llvm::any_of(
      accesses, [](const Access &access) { return access.panels.has_value(); });
}

bool LoopNest::hasWindows() const {
  return llvm::any_of(
      accesses, [](const Access &access) { return !access.windows.empty(); });
}

bool LoopNest::isInWindow(unsigned loop) const {
  return llvm::any_of(accesses, [&](const Access &access) {
    return llvm::any_of(access.windows, [&](const Window &window) {
      return window.parallel == loop || window.reduction == loop;
    });
  });
}

void LoopNest::reorder(ArrayRef<unsigned> order) {
  auto getNew = [&](unsigned loop) -> unsigned {
    return llvm::find(order, loop) - order.begin();
  };
  SmallVector<Loop, 4> newLoops;
  for (unsigned loop : order)
    newLoops.push_back(loops[loop]);
  loops = std::move(newLoops);
  for (Access &access : accesses) {
    SmallVector<Product, 4> strides;
    for (unsigned loop : order)
      strides.push_back(access.strides[loop]);
    access.strides = std::move(strides);
    if (access.panels)
      access.panels->loop = getNew(access.panels->loop);
    for (Window &window : access.windows) {
      window.parallel = getNew(window.parallel);
      window.reduction = getNew(window.reduction);
    }
  }
}

void LoopNest::removeLoop(unsigned loop) {
  loops.erase(loops.begin() + loop);
  for (Access &access : accesses) {
    access.strides.erase(access.strides.begin() + loop);
    for (Window &window : access.windows) {
      window.parallel -= window.parallel > loop;
      window.reduction -= window.reduction > loop;
    }
    if (!access.panels || access.panels->loop < loop)
      continue;
    // Of a loop of size one there is one panel, whose first element it is.
    if (access.panels->loop == loop)
      access.panels.reset();
    else
      --access.panels->loop;
  }
}

void LoopNest::simplify() {
  for (unsigned loop = loops.size(); loop-- > 0;)
    if (loops[loop].size.isOne() && !isInWindow(loop))
      removeLoop(loop);
  for (unsigned inner = loops.size(); inner-- > 1;) {
    unsigned outer = inner - 1;
    if (loops[outer].isParallel != loops[inner].isParallel ||
        isInWindow(outer) || isInWindow(inner))
      continue;
    bool isOneWalk = llvm::all_of(accesses, [&](const Access &access) {
      bool isCut = access.panels && (access.panels->loop == outer ||
                                     access.panels->loop == inner);
      return !isCut &&
             access.strides[outer] == access.strides[inner] * loops[inner].size;
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
