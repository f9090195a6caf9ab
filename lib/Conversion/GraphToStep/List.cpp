//===- List.cpp - lists of tensors ----------------------------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// An element is set by a kernel of loops that goes on from the list; where
// nobody else needs the old list, the memory plan lets it write in place, so
// that a step of a loop costs as much as the element and not as the list.
//
//===----------------------------------------------------------------------===//

#include "LoopKernel.h"
#include "graph-compile/Dialect/Graph/IR/GraphOps.h"
#include "graph-compile/Dialect/Step/IR/Step.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace graph_compile;

/// Returns an index that is not negative for a number that may be.
static Value createLength(NodeBuilder &b, Value tensor) {
  Value length = toIndex(b, getElement(b, tensor, {}));
  return maxIndex(b, length, createIndex(b, 0));
}

/// Creates a list of zeros; `getOpenDim` is asked for the open sizes.
static Value createZeros(NodeBuilder &b, RankedTensorType type,
                         function_ref<Value(int64_t)> getOpenDim) {
  return createFill(b, createNumber(b, type.getElementType(), 0),
                    createEmpty(b, type, getOpenDim));
}

/// The number of elements that one element of the list `memref` holds.
static Value createRowSize(NodeBuilder &b, Value memref) {
  Value size = createIndex(b, 1);
  int64_t rank = cast<MemRefType>(memref.getType()).getRank();
  for (int64_t dim = 1; dim < rank; ++dim)
    size = mulIndex(b, size, getMemRefDim(b, memref, dim));
  return size;
}

//===----------------------------------------------------------------------===//
// graph.list
//===----------------------------------------------------------------------===//

namespace {
struct ListLowering : GraphPattern<graph::ListOp> {
  using GraphPattern::GraphPattern;

  LogicalResult
  matchAndRewrite(graph::ListOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    auto type = dyn_cast<RankedTensorType>(op.getResult().getType());
    if (!type)
      return rewriter.notifyMatchFailure(op, "the elements are not known");
    NodeBuilder b(op.getLoc(), rewriter);
    auto getOpenDim = [&](int64_t dim) {
      if (dim == 0)
        return createLength(b, adaptor.getLength());
      if (!adaptor.getShape())
        return createIndex(b, 0);
      Value size = toIndex(b, getElement(b, adaptor.getShape(),
                                         ValueRange{createIndex(b, dim - 1)}));
      return maxIndex(b, size, createIndex(b, 0));
    };
    rewriter.replaceOp(op, createZeros(b, convert(type), getOpenDim));
    return success();
  }
};
} // namespace

//===----------------------------------------------------------------------===//
// graph.list_set
//===----------------------------------------------------------------------===//

/// Writes the body of a kernel: element `arguments[1]` of the list
/// `arguments[2]` becomes the tensor or scalar `arguments[0]`.
static void writeSet(NodeBuilder &b, ArrayRef<Value> arguments) {
  Value item = arguments[0], index = arguments[1], list = arguments[2];
  // Read as unsigned, negative positions are too large.
  Value isInside = compareIntegers(b, arith::CmpIPredicate::ult, index,
                                   getMemRefDim(b, list, 0));
  createWhen(b, isInside, [&] {
    if (!isa<MemRefType>(item.getType())) {
      memref::StoreOp::create(b, item, list, index);
      return;
    }
    Value size = createRowSize(b, list);
    Value start = mulIndex(b, index, size);
    Value from = createFlatMemRef(b, item), to = createFlatMemRef(b, list);
    createLoop(b, createIndex(b, 0), size, [&](Value i) {
      Value element = memref::LoadOp::create(b, from, i);
      memref::StoreOp::create(b, element, to, addIndex(b, start, i));
    });
  });
}

namespace {
struct ListSetLowering : GraphPattern<graph::ListSetOp> {
  using GraphPattern::GraphPattern;

  LogicalResult
  matchAndRewrite(graph::ListSetOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    NodeBuilder b(op.getLoc(), rewriter);
    Value item = adaptor.getItem();
    if (getTensorType(item).getRank() == 0)
      item = getElement(b, item, {});
    Value index = toIndex(b, getElement(b, adaptor.getIndex(), {}));
    SmallVector<Value> results =
        createLoopKernel(b, "list_set", {item, index}, adaptor.getList(),
                         [](NodeBuilder &body, ArrayRef<Value> arguments) {
                           writeSet(body, arguments);
                         });
    rewriter.replaceOp(
        op, castTo(b, results[0], convert(op.getResult().getType())));
    return success();
  }
};
} // namespace

//===----------------------------------------------------------------------===//
// graph.list_resize
//===----------------------------------------------------------------------===//

/// Writes the body of a kernel: the elements from `arguments[0]` on of the list
/// `arguments[1]` become zeros.
static void writeZeros(NodeBuilder &b, ArrayRef<Value> arguments) {
  Value list = arguments[1];
  Value rowSize = createRowSize(b, list);
  Value from = mulIndex(b, arguments[0], rowSize);
  Value to = mulIndex(b, getMemRefDim(b, list, 0), rowSize);
  Value elements = createFlatMemRef(b, list);
  Value zero =
      createNumber(b, cast<MemRefType>(list.getType()).getElementType(), 0);
  createLoop(b, from, to,
             [&](Value i) { memref::StoreOp::create(b, zero, elements, i); });
}

namespace {
struct ListResizeLowering : GraphPattern<graph::ListResizeOp> {
  using GraphPattern::GraphPattern;

  LogicalResult
  matchAndRewrite(graph::ListResizeOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    NodeBuilder b(op.getLoc(), rewriter);
    Value list = adaptor.getList();
    RankedTensorType type = convert(op.getResult().getType());
    SmallVector<int64_t> shape(getTensorType(list).getShape());
    shape.front() = type.getDimSize(0);
    RankedTensorType resizedType = type.clone(shape);
    SmallVector<Value> sizes;
    for (int64_t dim = 0; dim < type.getRank(); ++dim)
      if (resizedType.isDynamicDim(dim))
        sizes.push_back(dim == 0 ? createLength(b, adaptor.getLength())
                                 : getDim(b, list, dim));
    // Whatever uses the old list comes first, so that it may grow in its place.
    Value oldLength = getDim(b, list, 0);
    Value resized = step::ResizeOp::create(b, resizedType, list, sizes);
    SmallVector<Value> results =
        createLoopKernel(b, "list_clear", oldLength, resized,
                         [](NodeBuilder &body, ArrayRef<Value> arguments) {
                           writeZeros(body, arguments);
                         });
    rewriter.replaceOp(op, castTo(b, results[0], type));
    return success();
  }
};
} // namespace

//===----------------------------------------------------------------------===//
// graph.list_fit
//===----------------------------------------------------------------------===//

namespace {
struct ListFitLowering : GraphPattern<graph::ListFitOp> {
  using GraphPattern::GraphPattern;

  LogicalResult
  matchAndRewrite(graph::ListFitOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    NodeBuilder b(op.getLoc(), rewriter);
    Value list = adaptor.getList();
    RankedTensorType type = convert(op.getResult().getType());
    SmallVector<Value> sizes = getIndices(b, adaptor.getShape());
    Value fits = createInteger(b, b.getI1Type(), 1);
    for (auto [i, size] : llvm::enumerate(sizes))
      fits = b.createOrFold<arith::AndIOp>(
          fits, compareIntegers(b, arith::CmpIPredicate::eq,
                                getDim(b, list, i + 1), size));
    auto branch = scf::IfOp::create(b, type, fits, /*addThenBlock=*/true,
                                    /*addElseBlock=*/true);
    {
      OpBuilder::InsertionGuard guard(b);
      b.setInsertionPointToStart(branch.thenBlock());
      scf::YieldOp::create(b, castTo(b, list, type));
      b.setInsertionPointToStart(branch.elseBlock());
      scf::YieldOp::create(b, createZeros(b, type, [&](int64_t dim) {
                             return dim == 0 ? getDim(b, list, dim)
                                             : sizes[dim - 1];
                           }));
    }
    rewriter.replaceOp(op, branch.getResult(0));
    return success();
  }
};
} // namespace

void graph_compile::populateListPatterns(RewritePatternSet &patterns,
                                         const GraphToStepContext &context) {
  patterns
      .add<ListLowering, ListSetLowering, ListResizeLowering, ListFitLowering>(
          patterns.getContext(), context);
}
