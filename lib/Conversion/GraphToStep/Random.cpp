//===- Random.cpp - random numbers ----------------------------------------===//
//
// Part of the graph-compile project, under the Apache License v2.0 with LLVM
// Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Random numbers are kernels of loops over the generator's blocks, which are
// independent of each other, so that threads share them.
//
//===----------------------------------------------------------------------===//

#include "ElementOps.h"
#include "RandomKernel.h"
#include "graph-compile/Dialect/Graph/IR/GraphOps.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace graph_compile;
using graph::RandomDistribution;

/// A thread takes so many blocks at a time.
static constexpr int64_t kBlocksPerChunk = 256;

//===----------------------------------------------------------------------===//
// Kernels
//===----------------------------------------------------------------------===//

/// Writes the vector `out`, block by block: `createElements` gives those of a
/// block, whose number is an i64.
static void
createBlockLoop(NodeBuilder &b, Value out,
                function_ref<SmallVector<Value>(Value)> createElements) {
  int64_t perBlock =
      getNumPerBlock(cast<MemRefType>(out.getType()).getElementType());
  Value size = getMemRefDim(b, out, 0);
  Value numFull =
      b.createOrFold<arith::DivUIOp>(size, createIndex(b, perBlock));
  auto getFirst = [&](Value block) {
    return mulIndex(b, block, createIndex(b, perBlock));
  };
  auto getElements = [&](Value block) {
    return createElements(fromIndex(b, block, b.getI64Type()));
  };
  Value chunk = createIndex(b, kBlocksPerChunk);
  createParallelLoop(
      b, b.createOrFold<arith::CeilDivUIOp>(numFull, chunk), [&](Value i) {
        Value begin = mulIndex(b, i, chunk);
        Value end = minIndex(b, addIndex(b, begin, chunk), numFull);
        createLoop(b, begin, end, [&](Value block) {
          Value first = getFirst(block);
          for (auto [k, element] : llvm::enumerate(getElements(block)))
            memref::StoreOp::create(b, element, out,
                                    addIndex(b, first, createIndex(b, k)));
        });
      });
  Value first = getFirst(numFull);
  createWhen(
      b, compareIntegers(b, arith::CmpIPredicate::slt, first, size), [&] {
        // Of the last block all elements but the last may be there.
        SmallVector<Value> elements = getElements(numFull);
        for (int64_t k = 0; k < perBlock - 1; ++k) {
          Value place = addIndex(b, first, createIndex(b, k));
          createWhen(
              b, compareIntegers(b, arith::CmpIPredicate::slt, place, size),
              [&] { memref::StoreOp::create(b, elements[k], out, place); });
        }
      });
}

/// Random bits: an i32 is a word, an i64 two of them.
static SmallVector<Value> createBits(NodeBuilder &b, Type type,
                                     const PhiloxBlock &block) {
  if (type.isInteger(32))
    return llvm::to_vector(block);
  SmallVector<Value> bits;
  for (int i = 0; i < 4; i += 2) {
    Value low = arith::ExtUIOp::create(b, type, block[i]);
    Value high = arith::ExtUIOp::create(b, type, block[i + 1]);
    Value shifted = arith::ShLIOp::create(b, high, createInteger(b, type, 32));
    bits.push_back(arith::OrIOp::create(b, low, shifted));
  }
  return bits;
}

/// Normal numbers in (-2, 2): each group, of as many as a block gives, draws
/// from a stream of its own until it is full.
static void writeTruncatedNormals(NodeBuilder &b, const PhiloxStream &stream,
                                  Value out) {
  Type type = cast<MemRefType>(out.getType()).getElementType();
  Type i64 = b.getI64Type();
  int64_t perGroup = getNumPerBlock(type);
  Value size = getMemRefDim(b, out, 0);
  Value group = createIndex(b, perGroup);
  Value numGroups = b.createOrFold<arith::CeilDivUIOp>(size, group);
  createParallelLoop(b, numGroups, [&](Value i) {
    PhiloxStream own = stream.advance(arith::MulIOp::create(
        b, fromIndex(b, i, i64), createInteger(b, i64, perGroup * 64)));
    Value begin = mulIndex(b, i, group);
    Value end = minIndex(b, addIndex(b, begin, group), size);
    SmallVector<Value> initial = {createInteger(b, i64, 0), begin};
    createRepetition(b, initial, [&](SmallVectorImpl<Value> &carried) {
      Value &next = carried[0], &place = carried[1];
      for (Value number : createNormals(b, type, own.createBlock(next))) {
        Value isInside = arith::CmpFOp::create(b, arith::CmpFPredicate::OLT,
                                               math::AbsFOp::create(b, number),
                                               createNumber(b, type, 2));
        Value isTaken = arith::AndIOp::create(
            b, isInside,
            compareIntegers(b, arith::CmpIPredicate::slt, place, end));
        createWhen(b, isTaken,
                   [&] { memref::StoreOp::create(b, number, out, place); });
        place = addIndex(
            b, place,
            arith::IndexCastUIOp::create(b, b.getIndexType(), isTaken));
      }
      next = arith::AddIOp::create(b, next, createInteger(b, i64, 1));
      return compareIntegers(b, arith::CmpIPredicate::sge, place, end);
    });
  });
}

/// The samples of each parameter, [samples, parameters].
static void writeSamples(NodeBuilder &b, RandomDistribution distribution,
                         ArrayRef<Value> parameters, const PhiloxStream &stream,
                         Value out) {
  Value numSamples = getMemRefDim(b, out, 0);
  Value count = mulIndex(b, numSamples, getMemRefDim(b, out, 1));
  createParallelLoop(b, count, [&](Value i) {
    Value sample = b.createOrFold<arith::RemUIOp>(i, numSamples);
    Value parameter = b.createOrFold<arith::DivUIOp>(i, numSamples);
    SmallVector<Value> ofSample;
    for (Value vector : parameters)
      ofSample.push_back(memref::LoadOp::create(b, vector, parameter));
    Value number = createSample(b, distribution, ofSample, stream,
                                fromIndex(b, i, b.getI64Type()));
    memref::StoreOp::create(b, number, out, ValueRange{sample, parameter});
  });
}

/// The positions of the vector `out` in random order.
static void writePermutation(NodeBuilder &b, const PhiloxStream &stream,
                             Value out) {
  Type i64 = b.getI64Type();
  Value zero = createIndex(b, 0), one = createIndex(b, 1);
  Value size = getMemRefDim(b, out, 0);
  createLoop(b, zero, size, [&](Value i) {
    memref::StoreOp::create(b, fromIndex(b, i, i64), out, i);
  });
  auto exchange = [&](Value i, Value word) {
    // TensorFlow divides words: of more than 2^32 positions it takes the rest.
    Value numLeft = arith::TruncIOp::create(
        b, b.getI32Type(), fromIndex(b, subIndex(b, size, i), i64));
    Value distance = arith::RemUIOp::create(b, word, numLeft);
    Value other = addIndex(b, i, toIndex(b, distance, /*isUnsigned=*/true));
    Value here = memref::LoadOp::create(b, out, i);
    Value there = memref::LoadOp::create(b, out, other);
    memref::StoreOp::create(b, there, out, i);
    memref::StoreOp::create(b, here, out, other);
  };
  // The last place has nothing to be exchanged with.
  Value numSteps = subIndex(b, maxIndex(b, size, one), one);
  Value perBlock = createIndex(b, 4);
  Value numBlocks = b.createOrFold<arith::CeilDivUIOp>(numSteps, perBlock);
  createLoop(b, zero, numBlocks, [&](Value block) {
    Value first = mulIndex(b, block, perBlock);
    PhiloxBlock words = stream.createBlock(fromIndex(b, block, i64));
    for (auto [k, word] : llvm::enumerate(words)) {
      Value place = addIndex(b, first, createIndex(b, k));
      createWhen(b,
                 compareIntegers(b, arith::CmpIPredicate::slt, place, numSteps),
                 [&, word = word] { exchange(place, word); });
    }
  });
}

//===----------------------------------------------------------------------===//
// Ops
//===----------------------------------------------------------------------===//

/// The key and the counter's two halves: the first inputs of every kernel.
static SmallVector<Value> getGenerator(NodeBuilder &b, Value key,
                                       Value counter) {
  SmallVector<Value> words = getElements(b, key);
  llvm::append_range(words, getElements(b, counter));
  return words;
}

/// The generator of a kernel whose first arguments are those.
static PhiloxStream getStream(NodeBuilder &b, ArrayRef<Value> arguments) {
  return {b, arguments[0], arguments[1], arguments[2]};
}

/// Fills a tensor of `type` and of the shape `shape` by the kernel `name`,
/// which sees it as a vector.
static Value createFromKernel(
    NodeBuilder &b, Twine name, ValueRange inputs, Value shape,
    RankedTensorType type,
    function_ref<void(NodeBuilder &, const PhiloxStream &, Value)> write) {
  auto getSize = [&](int64_t dim) {
    return toIndex(b, getElement(b, shape, ValueRange{createIndex(b, dim)}));
  };
  Value count = createIndex(b, 1);
  for (int64_t dim = 0; dim < type.getRank(); ++dim)
    count =
        mulIndex(b, count,
                 type.isDynamicDim(dim) ? getSize(dim)
                                        : createIndex(b, type.getDimSize(dim)));
  auto flatType = RankedTensorType::get(
      {type.hasStaticShape() ? type.getNumElements() : ShapedType::kDynamic},
      type.getElementType());
  Value init = createEmpty(b, flatType, [&](int64_t) { return count; });
  Value flat =
      createLoopKernel(b, name, inputs, init,
                       [&](NodeBuilder &body, ArrayRef<Value> args) {
                         write(body, getStream(body, args), args.back());
                       })
          .front();
  return createReshape(b, flat, type, getSize);
}

namespace {
struct RandomBitsLowering : GraphPattern<graph::RandomBitsOp> {
  using GraphPattern::GraphPattern;

  LogicalResult
  matchAndRewrite(graph::RandomBitsOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    NodeBuilder b(op.getLoc(), rewriter);
    RankedTensorType type = convert(op.getResult().getType());
    rewriter.replaceOp(
        op, createFromKernel(
                b, "random_bits",
                getGenerator(b, adaptor.getKey(), adaptor.getCounter()),
                adaptor.getShape(), type,
                [&](NodeBuilder &body, const PhiloxStream &stream, Value out) {
                  createBlockLoop(body, out, [&](Value block) {
                    return createBits(body, type.getElementType(),
                                      stream.createBlock(block));
                  });
                }));
    return success();
  }
};

struct RandomNumbersLowering : GraphPattern<graph::RandomNumbersOp> {
  using GraphPattern::GraphPattern;

  LogicalResult
  matchAndRewrite(graph::RandomNumbersOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    NodeBuilder b(op.getLoc(), rewriter);
    SmallVector<Value> inputs =
        getGenerator(b, adaptor.getKey(), adaptor.getCounter());
    rewriter.replaceOp(op, op.getParameters().empty()
                               ? createNormalNumbers(b, op, adaptor, inputs)
                               : createSamples(b, op, adaptor, inputs));
    return success();
  }

private:
  static std::string getKernelName(graph::RandomNumbersOp op) {
    return ("random_" + stringifyRandomDistribution(op.getDistribution()))
        .str();
  }

  Value createNormalNumbers(NodeBuilder &b, graph::RandomNumbersOp op,
                            OpAdaptor adaptor, ValueRange inputs) const {
    RankedTensorType type = convert(op.getResult().getType());
    bool isTruncated =
        op.getDistribution() == RandomDistribution::TruncatedNormal;
    return createFromKernel(
        b, getKernelName(op), inputs, adaptor.getShape(), type,
        [&](NodeBuilder &body, const PhiloxStream &stream, Value out) {
          if (isTruncated)
            return writeTruncatedNormals(body, stream, out);
          createBlockLoop(body, out, [&](Value block) {
            return createNormals(body, type.getElementType(),
                                 stream.createBlock(block));
          });
        });
  }

  Value createSamples(NodeBuilder &b, graph::RandomNumbersOp op,
                      OpAdaptor adaptor, SmallVector<Value> inputs) const {
    RankedTensorType type = convert(op.getResult().getType());
    Value init = createEmpty(b, type, [&](int64_t dim) {
      return toIndex(b, getElement(b, adaptor.getShape(),
                                   ValueRange{createIndex(b, dim)}));
    });
    size_t numWords = inputs.size();
    llvm::append_range(inputs, adaptor.getParameters());
    return createLoopKernel(b, getKernelName(op), inputs, init,
                            [&](NodeBuilder &body, ArrayRef<Value> args) {
                              writeSamples(
                                  body, op.getDistribution(),
                                  args.drop_front(numWords).drop_back(),
                                  getStream(body, args), args.back());
                            })
        .front();
  }
};

struct RandomPermutationLowering : GraphPattern<graph::RandomPermutationOp> {
  using GraphPattern::GraphPattern;

  LogicalResult
  matchAndRewrite(graph::RandomPermutationOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    NodeBuilder b(op.getLoc(), rewriter);
    Value init =
        createEmpty(b, convert(op.getResult().getType()), [&](int64_t) {
          return toIndex(b, getElement(b, adaptor.getSize(), {}));
        });
    rewriter.replaceOp(
        op, createLoopKernel(
                b, "random_permutation",
                getGenerator(b, adaptor.getKey(), adaptor.getCounter()), init,
                [&](NodeBuilder &body, ArrayRef<Value> args) {
                  writePermutation(body, getStream(body, args), args.back());
                }));
    return success();
  }
};
} // namespace

void graph_compile::populateRandomPatterns(RewritePatternSet &patterns,
                                           const GraphToStepContext &context) {
  patterns.add<RandomBitsLowering, RandomNumbersLowering,
               RandomPermutationLowering>(patterns.getContext(), context);
}
